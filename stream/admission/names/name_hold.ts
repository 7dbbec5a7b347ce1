/**
 * The names of a publish that was ended by the operator or the service: kept from its client for a while.
 *
 * @module
 */
import type { KickHolds } from "./kick_holds.ts";
import type { Refusal } from "../refusal.ts";
import type { VhostOptions } from "../options.ts";
import type { PublishingClient } from "../session_client.ts";
import type { StreamTarget } from "../stream_target.ts";
import type { EndReason } from "../../../core/mod.ts";
import { sourceKey } from "../../live/mod.ts";

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
 * @param names Those that it requested, and the public name.
 * @param reason As its client is informed.
 */
export function holdNames(
  holds: KickHolds,
  { ip, kickHoldMs }: Pick<PublishingClient, "ip" | "kickHoldMs">,
  vhost: VhostOptions,
  names: readonly Name[],
  reason: string,
): void {
  const forMs = kickHoldMs ?? vhost.publish.kickHoldMs;
  const keys = new Set(names.map(({ app, stream }) => sourceKey(vhost.name, app, stream)));
  for (const key of keys) holds.hold({ key, ip, reason, forMs });
}

/** Why the client may not have this name now, `undefined` when it may. */
export function heldFrom(
  holds: KickHolds,
  { ip }: Pick<PublishingClient, "ip">,
  { vhost }: StreamTarget,
  { app, stream }: Name,
): Refusal | undefined {
  const reason = holds.refusal(sourceKey(vhost.name, app, stream), ip);
  return reason === undefined ? undefined : { rule: "publish.kick_hold", reason };
}
