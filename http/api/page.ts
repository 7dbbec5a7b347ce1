/**
 * `?start=&count=`: a part of a list. Pure.
 *
 * @module
 */

import { count, type Members } from "./schema/json_schema.ts";

/** As many as SRS gives where nobody says. */
const DEFAULT_COUNT = 10;

/** What the query of a list may have. */
export const PAGE_QUERY: Members = {
  start: count("The first of the page, 0 by default."),
  count: count("The most of the page, 10 by default."),
};

/** The part of `list` that the query asks for; a text that is not a whole number counts as absent. */
export function pageOf<T>(list: readonly T[], query: URLSearchParams): readonly T[] {
  const start = wholeNumber(query.get("start"), 0);
  const count = Math.max(1, wholeNumber(query.get("count"), DEFAULT_COUNT));
  return list.slice(start, start + count);
}

function wholeNumber(text: string | null, fallback: number): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : fallback;
}
