/**
 * Whether very many wait for the disk at a time. Pure: the caller says when it is.
 *
 * @module
 */

/** A rush: so many waits within so many milliseconds. There a batch more costs clients more than a turn's wait. */
const BURST_WAITS = 32;
const BURST_MS = 16;

/** Tells when very much is going on. */
export class BurstDetector {
  readonly #times = new Float64Array(BURST_WAITS);
  #next = 0;
  #isBurst = false;

  /** Whether there was a rush at the last wait. */
  get isBurst(): boolean {
    return this.#isBurst;
  }

  /** Somebody waits. @param nowMs Monotonic. */
  count(nowMs: number): void {
    this.#isBurst = nowMs - (this.#times[this.#next] ?? 0) < BURST_MS;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % BURST_WAITS;
  }
}
