/**
 * How many files of a recording ended early because the tracks of its stream changed: a publisher whose tracks change
 * with each frame does not get a file for each. Pure.
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
    return `the tracks changed so often that more than ${MAX_SHORT_FILES} files had less than a second`;
  }

  /** A file has ended, and another one follows; after `maxFileMs` it would have ended anyway. */
  ended(durationMs: number, maxFileMs: number): void {
    if (durationMs < Math.min(SHORT_FILE_MS, maxFileMs)) this.#count++;
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
