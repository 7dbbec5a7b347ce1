/**
 * Copies of payloads, many in one block: memory of their own for each of them costs more than the copy, and makes the
 * runtime collect garbage more often.
 *
 * @module
 */

const BLOCK_BYTES = 64 * 1024;
/** A larger payload has memory of its own, so that no block is left half empty. */
const LARGE_BYTES = 16 * 1024;

/** Blocks of a recording; each lives as long as one of its payloads. */
export class PayloadBlocks {
  #block = new Uint8Array(0);
  #used = 0;

  /** A copy of `payload`, never written again. */
  keep(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { length } = payload;
    if (length > LARGE_BYTES) return payload.slice();
    if (this.#used + length > this.#block.length) {
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#block.set(payload, start);
    return this.#block.subarray(start, this.#used = start + length);
  }
}
