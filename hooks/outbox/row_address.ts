/**
 * Where a row of an earlier process, or of an earlier configuration, goes today. Pure.
 *
 * @module
 */
import { positionOf } from "../contract/ids.ts";
import type { SessionFacts } from "../contract/payload.ts";
import type { StoredRow } from "./event_table.ts";

/** The addresses of one event of one vhost, in their order. */
export interface EventAddresses {
  readonly vhost: string;
  readonly event: string;
  readonly urls: readonly string[];
}

/** The vhost whose addresses count for a row. */
export function vhostOf({ hooksOf, vhost }: Pick<SessionFacts, "hooksOf" | "vhost">): string {
  return hooksOf ?? vhost;
}

/**
 * The row's own address where it is still configured, else the one at its position.
 *
 * @param urls What its vhost has for its event today.
 * @returns `undefined` where there is none.
 */
export function addressToday(
  urls: readonly string[],
  { id, url }: Pick<StoredRow, "id" | "url">,
): string | undefined {
  return urls.includes(url) ? url : urls[positionOf(id)];
}

/** Knows of stored rows whether a configuration has an address for them. */
export class AddressTable {
  readonly #urls = new Map<string, readonly string[]>();

  /** @param addresses All that are configured. */
  constructor(addresses: readonly EventAddresses[]) {
    for (const { vhost, event, urls } of addresses) this.#urls.set(JSON.stringify([vhost, event]), urls);
  }

  /** Whether the row has an address today; a row that cannot be read has none. */
  has(row: StoredRow): boolean {
    try {
      const facts: SessionFacts = JSON.parse(row.facts);
      const urls = this.#urls.get(JSON.stringify([vhostOf(facts), row.event]));
      return urls !== undefined && addressToday(urls, row) !== undefined;
    } catch {
      // Taken with the others in the end, and then reported.
      return false;
    }
  }
}
