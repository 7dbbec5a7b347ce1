/**
 * Refuses a player where the server, or its vhost, sends as much as it may, and says where it may go instead.
 *
 * @module
 */
import { sourceKey } from "../../live/mod.ts";
import type { AdmissionContext } from "../admission_context.ts";
import type { Refusal } from "../refusal.ts";
import type { SessionClient } from "../session_client.ts";
import type { StreamTarget } from "../stream_target.ts";
import { redirectOf } from "./egress_redirect.ts";

/** Who wants to play. */
export interface WantedPlay {
  /** What `EgressLimit.leave` is called with. */
  readonly player: object;
  readonly client: Pick<SessionClient, "clientId" | "ip" | "protocol">;
}

/** A refusal; `undefined`: what the player is going to take counts, until `EgressLimit.leave`. */
export function refuseEgress(
  { player, client }: WantedPlay,
  target: StreamTarget,
  { egress, clock, limits, options: { limits: server } }: AdmissionContext,
): Refusal | undefined {
  const { vhost: { name, limits: { maxEgressKbps: vhostKbps, redirect } }, url: { app, stream } } = target;
  const terms = { serverKbps: server.maxEgressKbps, vhostKbps };
  const excess = egress?.admit(name, sourceKey(name, app, stream), terms, clock.now(), player);
  if (excess === undefined) return undefined;
  const { clientId, ip, protocol } = client;
  const whose = excess.of === "vhost" ? name : "all vhosts";
  const detail = `${excess.wanted} of ${excess.most} kbit/s: ${whose}`;
  limits.hit("max_egress_kbps", { clientId, ip, detail });
  const elsewhere = redirectOf(redirect.length > 0 ? redirect : server.redirect, protocol, target);
  const refusal = { rule: "max_egress_kbps", reason: "This server sends as much as it may" };
  return elsewhere === undefined ? refusal : { ...refusal, redirect: elsewhere };
}
