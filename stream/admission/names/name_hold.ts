/**
 * The names of a publish that was ended by the operator or the service: kept from its client for a while.
 *
 * @module
 */
import { sourceKey } from "../../stream/live/mod.ts";
import type { Peer } from "./peer.ts";
import type { EndReason } from "../../core/mod.ts";
import type { Refusal, StreamTarget } from "../../stream/admission/mod.ts";

/** Endings that the operator or the service wanted. */
const KICKS: ReadonlySet<EndReason> = new Set(["kicked", "rejected", "bitrate", "lease_expired"]);

/** A name within a vhost. */
interface Name {
  readonly app: string;
  readonly stream: string;
}

/** Whether a publish that ended for this reason is to be kept away. A request that was refused was never live. */
export function isKick(reason: EndReason, { live }: { readonly live: boolean }): boolean {
  return reason === "kicked" || (live && KICKS.has(reason));
}

/**
 * Keep names from the client.
 *
 * @param names What it asked for, and the public name.
 * @param reason As it is told.
 */
export function holdNames(peer: Peer, { vhost }: StreamTarget, names: readonly Name[], reason: string): void {
  const { house, ip, kickHoldMs = vhost.publish.kickHoldMs } = peer;
  const keys = new Set(names.map(({ app, stream }) => sourceKey(vhost.name, app, stream)));
  for (const key of keys) house.holds.hold({ key, ip, reason, forMs: kickHoldMs });
}

/** Why the client may not have this name now, `undefined` when it may. */
export function heldFrom(peer: Peer, { vhost }: StreamTarget, { app, stream }: Name): Refusal | undefined {
  const reason = peer.house.holds.refusal(sourceKey(vhost.name, app, stream), peer.ip);
  return reason === undefined ? undefined : { rule: "publish.kick_hold", reason };
}
