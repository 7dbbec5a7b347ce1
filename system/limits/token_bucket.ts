/**
 * A rate with room for bursts. Pure.
 *
 * @module
 */

/** Fills with time, empties with use. */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perMs: number;
  #tokens: number;
  #atMs: number;

  /**
   * A full bucket.
   *
   * @param rate `capacity` tokens at most, refilled within `perMs` milliseconds.
   * @param nowMs Any clock that does not go back.
   */
  constructor(rate: { readonly capacity: number; readonly perMs: number }, nowMs: number) {
    this.#capacity = this.#tokens = rate.capacity;
    this.#perMs = rate.capacity / rate.perMs;
    this.#atMs = nowMs;
  }

  /** Take tokens; `false` when there are not enough, and none is taken. */
  take(tokens: number, nowMs: number): boolean {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
