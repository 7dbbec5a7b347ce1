/**
 * `hold` of a kick: how long the name of the publish is kept from its client. Pure.
 *
 * @module
 */
import type { KickOptions } from "../../core/mod.ts";

/** A day. */
const MAX_SECONDS = 86_400;

/**
 * Read `hold` of a query: seconds, 0 to 86,400, with at most three decimals.
 *
 * @returns No `holdMs` where the query has none; `fault`: what is wrong, for the caller.
 */
export function holdOf(query: URLSearchParams): KickOptions | { readonly fault: string } {
  const [text, ...more] = query.getAll("hold");
  if (text === undefined) return {};
  const seconds = /^\d{1,5}(?:\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (more.length === 0 && seconds <= MAX_SECONDS) return { holdMs: Math.round(seconds * 1000) };
  const shown = [text, ...more].join(" and ").slice(0, 40);
  return { fault: `Cannot hold the name for "${shown}": hold is a number of seconds, 0 to ${MAX_SECONDS}` };
}
