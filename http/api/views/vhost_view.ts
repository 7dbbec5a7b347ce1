/**
 * Vhosts as SRS's API shows them: sums over the clients that are there. Pure.
 *
 * @module
 */
import type { ClientSnapshot } from "../../../stream/live/mod.ts";
import type { VhostFacts } from "../../ports.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, number, object, type Schema, text } from "../schema/json_schema.ts";
import { sum } from "../sum.ts";
import { KBPS, type ViewDeps } from "./client_view.ts";
import { streamsOf } from "./stream_view.ts";

/** One of `vhosts`. */
export const VHOST: Schema = object({
  id: text("The same over restarts."),
  name: text("As the configuration names it."),
  enabled: flag("Whether it serves clients."),
  clients: count("Its clients, publishers included."),
  streams: count("Its streams."),
  send_bytes: count("To the clients that are there."),
  recv_bytes: count("From the clients that are there."),
  kbps: KBPS,
  hls: object({ enabled: flag("Whether it serves HLS.") }, {
    fragment: number("Length of a segment, seconds."),
  }),
});

/** One vhost. */
export function vhostView(facts: VhostFacts, clients: readonly ClientSnapshot[], deps: ViewDeps): JsonObject {
  const members = clients.filter(({ vhost }) => vhost === facts.name);
  return {
    id: deps.vhostId(facts.name),
    name: facts.name,
    enabled: facts.enabled,
    clients: members.length,
    streams: streamsOf(members).length,
    send_bytes: sum(members, ({ sendBytes }) => sendBytes),
    recv_bytes: sum(members, ({ recvBytes }) => recvBytes),
    kbps: {
      recv_30s: sum(members, ({ recvKbps }) => recvKbps),
      send_30s: sum(members, ({ sendKbps }) => sendKbps),
    },
    hls: facts.hlsFragmentMs === undefined
      ? { enabled: false }
      : { enabled: true, fragment: facts.hlsFragmentMs / 1000 },
  };
}
