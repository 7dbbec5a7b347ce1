/**
 * Names and interfaces of the system, for the guard of addresses.
 *
 * @module
 */
import { lookup } from "node:dns";
import type { GuardSystem } from "./address_guard.ts";

/** The system's own look-up, which also reads its file of hosts and every form of an address. */
export const SYSTEM_ADDRESSES: GuardSystem = Object.freeze({
  resolve: (hostname: string) =>
    new Promise<readonly string[]>((resolve, reject) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        if (error === null && addresses.length > 0) return resolve(addresses.map(({ address }) => address));
        reject(new Deno.errors.NotFound(`No address is known for ${hostname}`));
      });
    }),
  ownAddresses: () => Deno.networkInterfaces().map(({ address }) => address),
});
