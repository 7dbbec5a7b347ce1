/**
 * The addresses of a configuration. Pure.
 *
 * @module
 */
import type { HooksOptions } from "./options.ts";
import type { EventAddresses } from "./outbox/row_address.ts";

/** All of them, by vhost and event. */
export function addressesOf({ vhosts }: HooksOptions): EventAddresses[] {
  return [...vhosts].flatMap(([vhost, { enabled, urls }]) =>
    enabled ? Array.from(urls, ([event, addresses]) => ({ vhost, event, urls: addresses })) : []
  );
}

/** Whether there is any. */
export function hasHooks({ vhosts }: HooksOptions): boolean {
  return [...vhosts.values()].some(({ enabled, urls }) =>
    enabled && [...urls.values()].some((addresses) => addresses.length > 0)
  );
}
