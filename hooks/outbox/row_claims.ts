/**
 * Which rows of processes that are gone this one takes over. Servers with different configurations may share a file:
 * what has no address here may have one in the configuration of a server that is about to start again, or that is
 * slower to look. So it is left for a while; what nobody took by then has no address anywhere.
 *
 * @module
 */
import type { StoredRow } from "./event_table.ts";
import { AddressTable, type EventAddresses } from "./row_address.ts";

/** Looks for rows of processes that are gone, 20 s apart: ten minutes. */
export const PATIENT_LOOKS = 30;

/** Picks rows; `undefined` for all. */
export type RowFilter = ((row: StoredRow) => boolean) | undefined;

/** Decides for one process. */
export class RowClaims {
  readonly #addresses: AddressTable;
  /** How often rows of a process, or of none, were looked at. */
  #checks: ReadonlyMap<string, number> = new Map();

  /** @param addresses Of this process's configuration. */
  constructor(addresses: readonly EventAddresses[]) {
    this.#addresses = new AddressTable(addresses);
  }

  /** One of the regular checks begins. @param services Whose rows there are. */
  beginCheck(services: readonly string[]): void {
    this.#checks = new Map(services.map((service) => [service, (this.#checks.get(service) ?? 0) + 1]));
  }

  /** What a start takes. @param isShared Whether another process that lives uses the file. */
  atStart({ isShared }: { readonly isShared: boolean }): RowFilter {
    return isShared ? this.#withAddress : undefined;
  }

  /**
   * What a process that runs takes.
   *
   * @param service Whose rows; `""` for those that an operator has put back, for whichever process.
   * @param isShared Asked for where that counts.
   */
  whileRunning(service: string, isShared: () => boolean): RowFilter {
    if ((this.#checks.get(service) ?? 0) > PATIENT_LOOKS) return undefined;
    // Nobody else is there who could take it.
    return service === "" && !isShared() ? undefined : this.#withAddress;
  }

  readonly #withAddress = (row: StoredRow): boolean => this.#addresses.has(row);
}
