/**
 * A forward as the API shows it. Pure.
 *
 * @module
 */
import type { RelayInfo } from "../../../core/mod.ts";
import type { JsonObject } from "../reply.ts";
import { count, nullable, number, object, oneOfTexts, type Schema, text } from "../schema/json_schema.ts";

const STATES = ["connecting", "live", "waiting", "ended"] as const satisfies readonly RelayInfo["state"][];

/** One of `forwards`. */
export const FORWARD: Schema = object({
  id: text("To end it by."),
  stream: text("Id of its stream."),
  url: text("Where to; its stream's name, which platforms take for the key, is `***`."),
  state: oneOfTexts(STATES, "What it does; `waiting`: the target is tried again."),
  since: number("For how long it has done that, seconds."),
  attempts: count("Connections that were tried."),
  send_bytes: count("Over all connections."),
  kbps: count("In the latest 10 seconds, kbit/s."),
  error: nullable(text("Why the latest attempt failed, null while it works.")),
});

/** One forward. */
export function forwardView(forward: RelayInfo, mask: (text: string) => string): JsonObject {
  const { id, streamId, address, state, stateMs, attempts, bytes, kbps, lastError } = forward;
  return {
    id,
    stream: streamId,
    url: mask(address),
    state,
    since: Math.round(stateMs) / 1000,
    attempts,
    send_bytes: bytes,
    kbps,
    error: lastError === "" ? null : mask(lastError),
  };
}
