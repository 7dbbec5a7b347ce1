/**
 * A look at ports before several threads share them.
 *
 * @module
 */
import type { ListenAddress } from "../../core/mod.ts";

/**
 * The system lets any server of the same user in on a port that is shared, so that a second one started by mistake
 * would take half of the connections: listening for a moment without sharing finds out.
 *
 * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
 */
export function refuseTakenPorts(addresses: readonly ListenAddress[]): void {
  for (const { hostname, port } of addresses) {
    if (port > 0) Deno.listen({ hostname, port, transport: "tcp" }).close();
  }
}
