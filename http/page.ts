/**
 * `?start=&count=`: a part of a list. Pure.
 *
 * @module
 */

/** As many as SRS gives where nobody says. */
const DEFAULT_COUNT = 10;

/** The part of `list` that the query asks for; a text that is not a whole number counts as absent. */
export function pageOf<T>(list: readonly T[], query: URLSearchParams): readonly T[] {
  const start = wholeNumber(query.get("start"), 0);
  const count = Math.max(1, wholeNumber(query.get("count"), DEFAULT_COUNT));
  return list.slice(start, start + count);
}

function wholeNumber(text: string | null, fallback: number): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : fallback;
}
