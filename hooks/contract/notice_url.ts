/**
 * The address of `on_hls_notify`: its variables, replaced by what a client may have chosen, so that only the part of the
 * address changes that has them. Pure.
 *
 * @module
 */
import type { FinishedSegment } from "../../core/mod.ts";
import type { SessionFacts } from "./payload.ts";

const VARIABLE = /\[(server_id|service_id|app|stream|ts_url|param)\]/g;

/** Characters that end a query, or that are not allowed in one. */
const NOT_OF_QUERY = /[^A-Za-z0-9\-._~!$'()*+,;:@/?&=%]/gu;

/**
 * The address of one segment.
 *
 * @param template As the configuration has it.
 */
export function noticeUrl(template: string, facts: SessionFacts, segment: FinishedSegment): string {
  const values: Readonly<Record<string, string>> = {
    server_id: facts.serverId,
    service_id: facts.serviceId,
    app: encodePath(facts.app),
    stream: encodePath(facts.stream?.stream ?? ""),
    ts_url: encodePath(segment.url),
    param: (facts.stream?.param ?? "").replace(
      NOT_OF_QUERY,
      (text) => encodeURIComponent(text.toWellFormed()),
    ),
  };
  return template.replace(VARIABLE, (_, name: string) => values[name] ?? "");
}

/** Each part of a path; no name is a step of one. */
function encodePath(path: string): string {
  return path.split("/").map((part) => encodeURIComponent(part.toWellFormed())).join("/");
}
