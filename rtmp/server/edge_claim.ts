/**
 * What a server says of itself in `connect`: SRS's second object, with this server's own members.
 *
 * @module
 */
import type { EdgeClaim } from "../../stream/admission/mod.ts";
import { Amf0Object, type Amf0Value } from "../wire/mod.ts";

/** The longest text that is read of it. */
const MAX_TEXT = 256;

/**
 * Read it.
 *
 * @param args What follows the command object.
 * @returns `undefined` where the client does not say that it is a server.
 */
export function readEdgeClaim(args: readonly Amf0Value[]): EdgeClaim | undefined {
  const [members] = args;
  if (!(members instanceof Amf0Object) || textOf(members, "srs_sig") === "") return undefined;
  const time = members.get("srs_time");
  return {
    serverId: textOf(members, "srs_id"),
    path: textOf(members, "srs_path"),
    time: typeof time === "number" ? time : 0,
    proof: textOf(members, "srs_proof"),
  };
}

function textOf(members: Amf0Object, name: string): string {
  const value = members.get(name);
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : "";
}
