/**
 * Ids of vhosts, as SRS's lists have them: `vid-` and seven characters, the same over restarts. Pure.
 *
 * @module
 */
import { base36 } from "../../../core/mod.ts";
import { createHash } from "node:crypto";

const LENGTH = 7;

/** The id of a vhost of this server. */
export function vhostId(serverId: string, name: string): string {
  const digest = createHash("sha256").update(`${serverId}/${name}`).digest();
  return `vid-${base36(digest.subarray(0, LENGTH))}`;
}
