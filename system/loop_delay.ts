/**
 * How late the event loop of a thread is: a timer that measures by how much it was missed.
 *
 * @module
 */
import { type Clock, type DelayCounts, DelayHistogram, type Timer } from "../core/mod.ts";

/** How often it is measured, milliseconds. */
const INTERVAL_MS = 100;

/** Measures the event loop of the thread that makes it, until it is closed. */
export class LoopDelay {
  readonly #histogram = new DelayHistogram();
  readonly #timer: Timer;
  #lastMs: number;

  /** Begins at once. */
  constructor(clock: Pick<Clock, "now" | "setInterval">) {
    this.#lastMs = clock.now();
    this.#timer = clock.setInterval(() => {
      const now = clock.now();
      this.#histogram.add(Math.max(0, now - this.#lastMs - INTERVAL_MS));
      this.#lastMs = now;
    }, INTERVAL_MS);
  }

  /** Delays so far. */
  counts(): DelayCounts {
    return this.#histogram.counts();
  }

  /** Measure no longer. */
  close(): void {
    this.#timer.clear();
  }
}
