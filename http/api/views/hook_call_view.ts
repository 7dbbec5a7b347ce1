/**
 * Calls of the hooks as the API shows them: those that were made, and those that an operator tries. Pure.
 *
 * @module
 */
import type { HookCall, ProbeResult } from "../../../hooks/mod.ts";
import type { JsonObject } from "../reply.ts";
import { count, nullable, number, object, type Schema, text } from "../schema/json_schema.ts";

/** More of an answer is not shown. */
const MAX_ANSWER = 4096;

/** One of `calls`. */
export const HOOK_CALL: Schema = object({
  time: text("When it ended, RFC 3339 in UTC."),
  vhost: text("The vhost that names the address."),
  event: text("What was sent."),
  url: text("The address, its secrets masked."),
  verdict: text("yes, no or error of a request; delivered, retry or dead of a notification."),
  status: nullable(count("Of the answer; null where none began.")),
  ms: number("How long it took."),
  attempt: count("1 for the first one."),
  id: text("The webhook id."),
  client_id: count("Whose event it is."),
  reason: nullable(text("Why the service said no, or what went wrong.")),
});

/** One of `results`. */
export const HOOK_TRIAL: Schema = object({
  url: text("The address, its secrets masked."),
  request: text("The body that was sent, its secrets masked."),
  verdict: text("As in `calls`."),
  status: nullable(count("Of the answer; null where none began.")),
  ms: number("How long it took."),
  answer: text("Its body, its secrets masked, 4096 characters at most."),
  reason: nullable(text("Why the service said no, or what went wrong.")),
});

/** Takes secrets out of a text. */
type MaskText = (text: string) => string;

/** One call. */
export function hookCallView(call: HookCall, mask: MaskText): JsonObject {
  const { wallMs, vhost, event, url, verdict, status, ms, attempt, id, clientId, reason } = call;
  return {
    time: new Date(wallMs).toISOString(),
    ...{ vhost, event, url: mask(url), verdict },
    status: status ?? null,
    ms: rounded(ms),
    ...{ attempt, id, client_id: clientId },
    reason: reason === "" ? null : mask(reason),
  };
}

/** What one address answered to a trial. */
export function hookTrialView(result: ProbeResult, mask: MaskText): JsonObject {
  const { url, requestBody, verdict, status, ms, body, detail } = result;
  return {
    url: mask(url),
    request: mask(requestBody),
    verdict,
    status: status ?? null,
    ms: rounded(ms),
    answer: mask(body).slice(0, MAX_ANSWER),
    reason: detail === "" ? null : mask(detail),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
