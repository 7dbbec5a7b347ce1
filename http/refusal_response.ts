/**
 * A refused or ended play as an HTTP answer. Pure.
 *
 * @module
 */
import type { EndReason } from "../core/mod.ts";
import type { Denial } from "../core/mod.ts";
import { textResponse } from "./server/text_response.ts";

/** When a client should come back, seconds. */
const RETRY_AFTER = { "Retry-After": "5" } as const;

/** Headers of each answer. */
type ExtraHeaders = Readonly<Record<string, string>>;

/** Rules of names: there is no such stream. */
const NAMES: ReadonlySet<string> = new Set(["vhost", "name", "tc_url"]);
/** Limits of the whole server. */
const SERVER_LIMITS: ReadonlySet<string> = new Set([
  "max_players_per_stream",
  "max_players_per_vhost",
  "max_egress_kbps",
]);
/** Limits of one address. */
const ADDRESS_LIMITS: ReadonlySet<string> = new Set(["max_wrong_keys"]);

/** The answer to a play that was refused. */
export function refusalResponse(
  { rule, reason, failed, redirect }: Pick<Denial, "rule" | "reason" | "failed" | "redirect">,
  headers: ExtraHeaders,
): Response {
  if (redirect !== undefined) return textResponse(302, reason, { ...headers, Location: redirect });
  if (NAMES.has(rule)) return textResponse(404, reason, headers);
  const later = { ...headers, ...RETRY_AFTER };
  if (failed || SERVER_LIMITS.has(rule)) return textResponse(503, reason, later);
  return ADDRESS_LIMITS.has(rule) ? textResponse(429, reason, later) : textResponse(403, reason, headers);
}

/** The answer to a play that ended before it was answered; `undefined` where nobody is there to read it. */
export function endingResponse(
  reason: EndReason,
  description: string,
  headers: ExtraHeaders,
): Response | undefined {
  switch (reason) {
    case "client":
    case "network":
      return undefined;
    case "idle":
      return textResponse(404, description, headers);
    case "unsupported":
      return textResponse(415, description, headers);
    case "kicked":
    case "lease_expired":
    case "reload":
      return textResponse(410, description, headers);
    default:
      return textResponse(503, description, { ...headers, ...RETRY_AFTER });
  }
}
