/**
 * Whether a burst of waits for the disk is under way. Pure: the caller passes the time.
 *
 * @module
 */

/** A burst is this number of waits within this time. Then one more batch costs clients more than one turn's wait. */
const BURST_WAITS = 32;
const BURST_MS = 16;

/** Detects bursts by the times of the latest waits. */
export class BurstDetector {
  readonly #times = new Float64Array(BURST_WAITS);
  #next = 0;
  #isBurst = false;

  /** Whether the last wait belonged to a burst. */
  get isBurst(): boolean {
    return this.#isBurst;
  }

  /** Count a wait. @param nowMs By the monotonic clock. */
  count(nowMs: number): void {
    this.#isBurst = nowMs - (this.#times[this.#next] ?? 0) < BURST_MS;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % BURST_WAITS;
  }
}
