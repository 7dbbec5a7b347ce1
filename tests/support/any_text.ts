/**
 * Any text for properties: all code points, the ones that break lines, quotes and paths more often than the others.
 *
 * @module
 */
import fc from "fast-check";

const LAST_CODE_POINT = 0x10ffff;

/**
 * Text of up to `maxLength` code points, surrogates without their other half included. The generator of the library
 * for all of Unicode takes seconds to be made.
 */
export function anyText(maxLength = 40): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0x2000, max: 0x206f }),
    fc.integer({ min: 0, max: LAST_CODE_POINT }),
  );
  return fc.array(codePoint, { maxLength }).map((codePoints) => String.fromCodePoint(...codePoints));
}
