/**
 * `?search=`: those of a list that have a text in them. Pure.
 *
 * @module
 */
import type { ClientSnapshot } from "../../stream/live/mod.ts";
import { type Members, text } from "./schema/json_schema.ts";

/** What the query of a list that can be searched may have. */
export const SEARCH_QUERY: Members = {
  search: text(
    "Only those that have this text in their url or address, or as their id; upper and lower case are alike.",
  ),
};

/** Whether a client, or its stream, has the text that the query asks for. */
export function clientFinder(query: URLSearchParams): (client: ClientSnapshot) => boolean {
  const wanted = (query.get("search") ?? "").toLowerCase();
  if (wanted === "") return () => true;
  return ({ clientId, ip, streamId, streamUrl }) =>
    `${streamUrl}\n${ip}`.toLowerCase().includes(wanted) ||
    [String(clientId), streamId.toLowerCase()].includes(wanted);
}
