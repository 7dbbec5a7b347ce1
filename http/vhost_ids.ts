/**
 * Ids of vhosts, as SRS's lists have them: `vid-` and seven characters, the same over restarts. Pure.
 *
 * @module
 */
import { createHash } from "node:crypto";

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";
const LENGTH = 7;

/** The id of a vhost of this server. */
export function vhostId(serverId: string, name: string): string {
  const digest = createHash("sha256").update(`${serverId}/${name}`).digest();
  const letters = Array.from(digest.subarray(0, LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]);
  return `vid-${letters.join("")}`;
}
