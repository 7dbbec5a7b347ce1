/**
 * How many files of a recording ended early, because the tracks of its stream changed or its time runs faster than the
 * clock: a publisher does not get a file for each frame. Pure.
 *
 * @module
 */

/** Files shorter than this count, milliseconds. */
const SHORT_FILE_MS = 1000;
/** So many may be made in {@link COUNTED_MS}. */
const MAX_SHORT_FILES = 30;
/** Milliseconds. */
const COUNTED_MS = 60_000;

/** Counts them. */
export class ShortFiles {
  #count = 0;
  /** Since when they are counted, monotonic milliseconds. */
  #sinceMs = -Infinity;

  /** Why there must be no further file now; `undefined`: there may be one. */
  get excess(): string | undefined {
    if (this.#count <= MAX_SHORT_FILES) return undefined;
    return `more than ${MAX_SHORT_FILES} files of a minute had less than a second: the tracks changed, or time ran fast`;
  }

  /**
   * A file has ended, and another one follows.
   *
   * @param durationMs Of its frames.
   * @param openMs How long it was open.
   * @param maxFileMs After this it would have ended anyway.
   */
  ended(durationMs: number, openMs: number, maxFileMs: number): void {
    const leastMs = Math.min(SHORT_FILE_MS, maxFileMs);
    // Frames do not arrive at an even pace.
    if (durationMs < leastMs || openMs < leastMs / 2) this.#count++;
  }

  /** Called about once a second while files are made. */
  sweep(nowMs: number): void {
    if (nowMs - this.#sinceMs < COUNTED_MS) return;
    this.#sinceMs = nowMs;
    this.#count = 0;
  }

  /** Files are made again after a pause. */
  reset(): void {
    this.#count = 0;
  }
}
