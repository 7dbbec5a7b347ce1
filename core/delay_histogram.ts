/**
 * Delays counted by their size. Pure.
 *
 * @module
 */

/** Upper bounds of the buckets, milliseconds; one more bucket holds what is longer. */
export const DELAY_BOUNDS_MS: readonly number[] = Object.freeze([1, 2.5, 5, 10, 25, 50, 100, 250, 500, 2500]);

/** What a histogram holds at one moment. */
export interface DelayCounts {
  /** Delays by bucket, one more than there are bounds. */
  readonly buckets: readonly number[];
  /** Of all delays, milliseconds. */
  readonly sumMs: number;
}

/** Counts delays. */
export class DelayHistogram {
  readonly #buckets: number[] = new Array(DELAY_BOUNDS_MS.length + 1).fill(0);
  #sumMs = 0;

  /** Count one. */
  add(delayMs: number): void {
    const found = DELAY_BOUNDS_MS.findIndex((bound) => delayMs <= bound);
    const bucket = found === -1 ? DELAY_BOUNDS_MS.length : found;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#sumMs += delayMs;
  }

  /** Counts so far. */
  counts(): DelayCounts {
    return { buckets: [...this.#buckets], sumMs: this.#sumMs };
  }
}
