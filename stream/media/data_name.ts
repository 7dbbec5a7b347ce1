/**
 * The name of a data message: the AMF0 string that its body begins with. AMF0 1.0 §2.4. Pure.
 *
 * @module
 */

/** Marker of an AMF0 string. */
export const STRING_MARKER = 2;
const LENGTH_BYTES = 2;
/** Longer names are cut; no known one is as long. */
const MAX_NAME_CHARACTERS = 64;

/** A name at the start of a body. */
export interface DataName {
  /** Its first 64 characters. */
  readonly name: string;
  /** What follows it in the body. */
  readonly end: number;
}

/** Read the name; `undefined` where the body does not begin with a whole string. */
export function readName(body: Uint8Array): DataName | undefined {
  if (body[0] !== STRING_MARKER) return undefined;
  const length = (body[1] ?? 0) << 8 | (body[2] ?? 0);
  const start = 1 + LENGTH_BYTES;
  const end = start + length;
  if (end > body.length) return undefined;
  const name = body.subarray(start, Math.min(end, start + MAX_NAME_CHARACTERS));
  return { name: String.fromCharCode(...name), end };
}

/** The name alone, `""` where there is none. */
export function readDataName(body: Uint8Array): string {
  return readName(body)?.name ?? "";
}
