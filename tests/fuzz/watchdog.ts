/**
 * Reports a case that never ends, from a second thread: the fuzzer's own would wait for it without end.
 *
 * @module
 */
import { WatchCell, type WatchOrders } from "./watch_orders.ts";

/** More than any case takes, the whole server's patience included. */
const PATIENCE_MS = 40_000;

/** Watches the cases of one run. Ends the process where a case does not end. */
export class Watchdog implements Disposable {
  readonly #cells = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  readonly #targets: readonly string[];
  readonly #worker: Worker;

  /** Begin to watch. */
  constructor(targets: readonly string[], patienceMs: number = PATIENCE_MS) {
    this.#targets = targets;
    this.#worker = new Worker(new URL("./watchdog_worker.ts", import.meta.url), { type: "module" });
    const orders: WatchOrders = { cells: this.#cells, targets, patienceMs };
    this.#worker.postMessage(orders);
  }

  /** A case begins. */
  begin(target: string, seed: number): void {
    this.#cells[WatchCell.Target] = this.#targets.indexOf(target);
    this.#cells[WatchCell.Seed] = seed;
    Atomics.add(this.#cells, WatchCell.Count, 1);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
