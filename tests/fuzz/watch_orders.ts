/**
 * What a `Watchdog` and its thread have in common.
 *
 * @module
 */

/** What the watching thread gets at its start. */
export interface WatchOrders {
  /** Of the running case: target, seed, and how many cases there were. */
  readonly cells: Int32Array<SharedArrayBuffer>;
  readonly targets: readonly string[];
  /** A case may take so long, milliseconds. */
  readonly patienceMs: number;
}

/** Cells of {@link WatchOrders}. */
export const WatchCell = { Target: 0, Seed: 1, Count: 2 } as const;
