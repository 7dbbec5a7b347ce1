/**
 * How late the event loop of a thread is: a timer that measures by how much it was missed.
 *
 * @module
 */
import { type Clock, type DelayCounts, DelayHistogram, type Timer } from "../core/mod.ts";

/** How often it is measured, milliseconds. */
const INTERVAL_MS = 100;
/** How long it is measured after the counts were last wanted, milliseconds: scrapes come more often. */
const WANTED_MS = 10 * 60_000;

/**
 * Measures the event loop of the thread that makes it, from the first time that its counts are wanted: waking an idle
 * process ten times takes about a millisecond of CPU.
 */
export class LoopDelay {
  readonly #clock: Pick<Clock, "now" | "setInterval">;
  readonly #histogram = new DelayHistogram();
  #timer: Timer | undefined;
  #lastMs = 0;
  #wantedMs = 0;
  #closed = false;

  /** Nothing is measured yet. */
  constructor(clock: Pick<Clock, "now" | "setInterval">) {
    this.#clock = clock;
  }

  /** Delays so far. More are measured while this is called now and then. */
  counts(): DelayCounts {
    if (!this.#closed) this.#measure();
    return this.#histogram.counts();
  }

  /** Measure no longer. */
  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #measure(): void {
    this.#wantedMs = this.#clock.now();
    if (this.#timer !== undefined) return;
    this.#lastMs = this.#wantedMs;
    this.#timer = this.#clock.setInterval(() => this.#tick(), INTERVAL_MS);
  }

  #tick(): void {
    const now = this.#clock.now();
    this.#histogram.add(Math.max(0, now - this.#lastMs - INTERVAL_MS));
    this.#lastMs = now;
    if (now - this.#wantedMs > WANTED_MS) this.#stop();
  }

  #stop(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }
}
