/**
 * Whether very many wait for the disk at a time. Pure: the caller says when it is.
 *
 * @module
 */

/** A rush: so many waits within so many milliseconds. There a batch more costs clients more than a turn's wait. */
const RUSH_WAITS = 32;
const RUSH_MS = 16;

/** Tells when very much is going on. */
export class Rush {
  readonly #times = new Float64Array(RUSH_WAITS);
  #next = 0;
  #isOn = false;

  /** Whether there was a rush at the last wait. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Somebody waits. @param nowMs Monotonic. */
  count(nowMs: number): void {
    this.#isOn = nowMs - (this.#times[this.#next] ?? 0) < RUSH_MS;
    this.#times[this.#next] = nowMs;
    this.#next = (this.#next + 1) % RUSH_WAITS;
  }
}
