/**
 * When a recording that its disk ended begins again.
 *
 * @module
 */

/** After a failure of the disk a new file is begun after so long, and after twice as long where that fails too. */
const FIRST_RETRY_MS = 10_000;
/** The longest such pause; a disk that has worked for so long begins with the first one again. */
const MAX_RETRY_MS = 5 * 60_000;

/** The pauses of one recording. All times are monotonic milliseconds. */
export class RetryPace {
  /** When the next try is due; `undefined` where no pause has begun. */
  #atMs: number | undefined;
  #pauseMs = FIRST_RETRY_MS;
  /** When the latest try began. */
  #triedMs = -Infinity;

  /** Whether a try is due. The pause begins with the first call after a try. */
  isDue(nowMs: number): boolean {
    this.#atMs ??= nowMs + this.#pauseMs;
    return nowMs >= this.#atMs;
  }

  /** The next try has nothing to wait for. */
  atOnce(): void {
    this.#atMs = -Infinity;
  }

  /** A try begins. */
  tried(nowMs: number): void {
    this.#atMs = undefined;
    this.#pauseMs = Math.min(2 * this.#pauseMs, MAX_RETRY_MS);
    this.#triedMs = nowMs;
  }

  /** The disk works, and has since the latest try. */
  works(nowMs: number): void {
    if (nowMs - this.#triedMs > MAX_RETRY_MS) this.#pauseMs = FIRST_RETRY_MS;
  }
}
