/**
 * When a file is written: as seldom as a crash permits, for each write costs the same whatever it carries. What would be
 * lost, which is what is held back and what the publisher's socket has until it is read again, lasts no longer than a GOP,
 * nor than two seconds.
 *
 * @module
 */

/** Never more may be lost, milliseconds. */
const MAX_LOSS_MS = 2000;
/** What is held back lasts at least this long, however often key frames come: four writes a second. */
const LEAST_WRITE_MS = 250;
/** Two sweeps, of one a second, pass without a write; at the third one what is held back is written. */
const SWEEPS = 3;

/** The pace of one recording. All times are those of its stream, milliseconds. */
export class WritePace {
  #lossMs = MAX_LOSS_MS;
  #keyMs: number | undefined;
  /** Of the first frame that is held back. */
  #heldFromMs: number | undefined;
  #newestMs = 0;
  /** The newest frame when the read before ended. */
  #readMs: number | undefined;
  #sweeps = 0;

  /**
   * A frame is held back.
   *
   * @param keyFrame A picture at which a GOP begins.
   */
  hold(timeMs: number, { keyFrame }: { readonly keyFrame: boolean }): void {
    // A stream may go back in time for good, by its settings.
    this.#newestMs = this.#heldFromMs === undefined ? timeMs : Math.max(this.#newestMs, timeMs);
    this.#heldFromMs = Math.min(this.#heldFromMs ?? timeMs, timeMs);
    if (!keyFrame) return;
    if (this.#keyMs !== undefined && timeMs > this.#keyMs) {
      this.#lossMs = Math.min(MAX_LOSS_MS, timeMs - this.#keyMs);
    }
    this.#keyMs = timeMs;
  }

  /** A read has been worked through. Returns whether to write now: at the end of the next one it would be too late. */
  isDue(): boolean {
    const stepMs = this.#newestMs - (this.#readMs ?? this.#newestMs);
    this.#readMs = this.#newestMs;
    if (this.#heldFromMs === undefined) return false;
    const heldMs = this.#newestMs - this.#heldFromMs;
    return heldMs >= LEAST_WRITE_MS && heldMs + stepMs > this.#lossMs;
  }

  /** About a second has gone by. Returns whether to write now: the publisher sends nothing, or its time stands still. */
  isOverdue(): boolean {
    return ++this.#sweeps >= SWEEPS && this.#heldFromMs !== undefined;
  }

  /** What was held back is written. */
  written(): void {
    this.#heldFromMs = undefined;
    this.#sweeps = 0;
  }
}
