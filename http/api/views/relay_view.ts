/**
 * A stream on its way between this server and another one as the API shows it. Pure.
 *
 * @module
 */
import type { RelayInfo } from "../../../core/mod.ts";
import type { ServerSnapshot } from "../../../stream/live/mod.ts";
import type { JsonObject } from "../reply.ts";
import { count, nullable, number, object, oneOfTexts, type Schema, text } from "../schema/json_schema.ts";

const KINDS = ["pull", "push", "forward"] as const satisfies readonly RelayInfo["kind"][];
const STATES = [
  ...["connecting", "live", "waiting", "ended"],
] as const satisfies readonly RelayInfo["state"][];

/** One of `relays`. */
export const RELAY: Schema = object({
  id: text("Of the pull or forward; of a push that of its stream."),
  kind: oneOfTexts(
    KINDS,
    "`pull`: it comes from another server; `push`: it is published at this edge, and goes to its origin; `forward`: it goes to a further server.",
  ),
  vhost: text("Name of the vhost of the stream here."),
  app: text("Of the stream here."),
  stream: text("Name of the stream here."),
  stream_id: text("Id of the stream here."),
  url: text("Of the other side, without secrets."),
  state: oneOfTexts(STATES, "What it does; `waiting`: the other server is tried again."),
  since: number("For how long it has done that, seconds."),
  attempts: count("Connections that were tried."),
  bytes: count("To or from the other server, over all connections."),
  kbps: count("In the latest 10 seconds, kbit/s."),
  error: nullable(text("Why the latest attempt failed, null while it works.")),
});

/** All of a server, by kind and stream. */
export function relaysOf({ threads }: Pick<ServerSnapshot, "threads">): readonly RelayInfo[] {
  const keyOf = ({ kind, vhost, app, stream, id }: RelayInfo): string =>
    [KINDS.indexOf(kind), vhost, app, stream, id].join(" ");
  return threads.flatMap(({ relays = [] }) => relays)
    .map((relay) => ({ relay, key: keyOf(relay) }))
    .sort((a, b) => a.key < b.key ? -1 : 1)
    .map(({ relay }) => relay);
}

/** One relay. */
export function relayView(relay: RelayInfo, mask: (text: string) => string): JsonObject {
  const {
    id,
    kind,
    vhost,
    app,
    stream,
    streamId,
    address,
    state,
    stateMs,
    attempts,
    bytes,
    kbps,
    lastError,
  } = relay;
  return {
    ...{ id, kind, vhost, app, stream, stream_id: streamId, url: mask(address), state },
    ...{ since: Math.round(stateMs) / 1000, attempts, bytes, kbps },
    error: lastError === "" ? null : mask(lastError),
  };
}
