/**
 * `?start=&count=`: a part of a list. Pure.
 *
 * @module
 */

/** As many as SRS gives where nobody says. */
const DEFAULT_COUNT = 10;

/** A part of a list: from `start`, before `end`. */
export interface PageRange {
  readonly start: number;
  readonly end: number;
}

/** The part of a list of `total` that the query asks for; a text that is not a whole number counts as absent. */
export function pageRangeOf(query: URLSearchParams, total: number): PageRange {
  const start = Math.min(wholeNumber(query.get("start"), 0), total);
  const count = Math.max(1, wholeNumber(query.get("count"), DEFAULT_COUNT));
  return { start, end: Math.min(start + count, total) };
}

function wholeNumber(text: string | null, fallback: number): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : fallback;
}
