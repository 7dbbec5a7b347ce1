/**
 * A pull as the API shows it. Pure.
 *
 * @module
 */
import type { PullInfo } from "../../../core/mod.ts";
import type { JsonObject } from "../reply.ts";
import {
  count,
  flag,
  nullable,
  number,
  object,
  oneOfTexts,
  type Schema,
  text,
} from "../schema/json_schema.ts";

const STATES = [
  ...["idle", "connecting", "live", "waiting", "ended"],
] as const satisfies readonly PullInfo["state"][];
const NAMED_BY = [
  ...["configuration", "api", "service", "edge"],
] as const satisfies readonly PullInfo["by"][];

/** One of `pulls`. */
export const PULL: Schema = object({
  id: text("To end it by: that of its stream."),
  vhost: text("Name of the vhost of the stream here."),
  app: text("Of the stream here."),
  stream: text("Name of the stream here."),
  url: text("Where it comes from, without parameters and credentials."),
  by: oneOfTexts(NAMED_BY, "Who named it: the operator, the answer to a play, or the vhost of an edge."),
  on_demand: flag("Whether it is pulled only while somebody plays it."),
  state: oneOfTexts(
    STATES,
    "What it does; `idle`: nothing, for nobody plays it or it is published here; `waiting`: the source is tried again.",
  ),
  since: number("For how long it has done that, seconds."),
  attempts: count("Connections that were tried."),
  recv_bytes: count("Over all connections."),
  kbps: count("In the latest 10 seconds, kbit/s."),
  error: nullable(text("Why the latest attempt failed, null while it works.")),
});

/** One pull. */
export function pullView(pull: PullInfo, mask: (text: string) => string): JsonObject {
  const {
    id,
    vhost,
    app,
    stream,
    address,
    by,
    isOnDemand,
    state,
    stateMs,
    attempts,
    bytes,
    kbps,
    lastError,
  } = pull;
  return {
    ...{ id, vhost, app, stream, url: mask(address), by, on_demand: isOnDemand },
    ...{ state, since: Math.round(stateMs) / 1000, attempts, recv_bytes: bytes, kbps },
    error: lastError === "" ? null : mask(lastError),
  };
}
