/**
 * How many segments a stream may have: a publisher can end one with each frame, by configurations, jumps of time or
 * publishes that follow each other, and each is a file, a line of the playlist and a notification. Pure.
 *
 * @module
 */

/** Segments that may come at once: a minute of 2 s each, such as an encoder sends after it was cut off. */
const BURST = 30;
/**
 * Segments a second for any length of time, twice what the shortest `hls_fragment` needs: a publisher that sends faster
 * than that is not live.
 */
const PER_SECOND = 2;
/** After too many, so many may come before there is another one: each begins a discontinuity. */
const RESUME = 10;

/** Counts the segments of one stream, over all its publishes. */
export class SegmentBudget {
  readonly #now: () => number;
  #left = BURST;
  #countedMs: number;
  #isExhausted = false;

  /**
   * All of it left.
   *
   * @param now Monotonic milliseconds.
   */
  constructor(now: () => number) {
    this.#now = now;
    this.#countedMs = now();
  }

  /** Whether there must be no further segment now. */
  get isExhausted(): boolean {
    if (this.#isExhausted) {
      this.#refill();
      this.#isExhausted = this.#left < RESUME;
    }
    return this.#isExhausted;
  }

  /**
   * A segment begins. Where there must be no further one, the frame that was held back may still begin one.
   *
   * @returns Whether there are too many with this one.
   */
  take(): boolean {
    this.#refill();
    this.#left--;
    if (this.#isExhausted) return false;
    this.#isExhausted = this.#left < 1;
    return this.#isExhausted;
  }

  #refill(): void {
    const nowMs = this.#now();
    this.#left = Math.min(BURST, this.#left + PER_SECOND * (nowMs - this.#countedMs) / 1000);
    this.#countedMs = nowMs;
  }
}
