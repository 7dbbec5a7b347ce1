/**
 * Copies of payloads, many in one block: memory of their own for each of them costs more than the copy, and makes the
 * runtime collect garbage more often. For the same reason blocks are used again.
 *
 * @module
 */

const BLOCK_BYTES = 64 * 1024;
/** A larger payload has memory of its own, so that no block is left half empty. */
const LARGE_BYTES = 16 * 1024;
/** Kept for the next use at most: two seconds of 4 Mbit/s. */
const MAX_FREE = 16;

/** Blocks of a recording. */
export class PayloadBlocks {
  #block = new Uint8Array(0);
  #used = 0;
  /** Filled since the newest fragment was written. */
  #filled: Uint8Array<ArrayBuffer>[] = [];
  /** Filled before it, since the one before. */
  #written: Uint8Array<ArrayBuffer>[] = [];
  #free: Uint8Array<ArrayBuffer>[] = [];
  #hasKept = false;

  /** A copy of `payload`, never written again while it is needed. */
  keep(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { length } = payload;
    this.#hasKept = true;
    if (length > LARGE_BYTES) return payload.slice();
    if (this.#used + length > this.#block.length) {
      if (this.#block.length > 0) this.#filled.push(this.#block);
      this.#block = this.#free.pop() ?? new Uint8Array(BLOCK_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#block.set(payload, start);
    return this.#block.subarray(start, this.#used = start + length);
  }

  /**
   * A fragment has been written.
   *
   * @param options `isAll`: of what was kept before the fragment ahead of this one, nothing waits to be written.
   */
  fragmentWritten({ isAll }: { readonly isAll: boolean }): void {
    // Packets that waited for their tracks become several fragments at once, and the beginning of one more.
    if (!this.#hasKept) return;
    this.#hasKept = false;
    if (isAll) this.#free = this.#free.concat(this.#written).slice(-MAX_FREE);
    this.#written = this.#filled;
    this.#filled = [];
  }
}
