/**
 * Results that are kept, for texts that come again and again. Pure.
 *
 * @module
 */

/** Results that are kept at a time. */
const MAX_KEPT = 1000;
/** Longer texts are not kept, characters. */
const MAX_LENGTH = 500;

/** As `compute`, which gives the same result for the same text, without computing it each time. */
export function remembered(compute: (text: string) => string): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (text.length > MAX_LENGTH) return result;
    if (kept.size === MAX_KEPT) kept.clear();
    kept.set(text, result);
    return result;
  };
}
