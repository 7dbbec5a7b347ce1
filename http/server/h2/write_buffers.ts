/**
 * Memory that frames are put together in: a write of media would leave as much behind for the garbage collector.
 *
 * @module
 */

/** As much as one write takes, and a frame that is begun. */
const BUFFER_BYTES = 96 * 1024;
/** Smaller writes are not worth it. */
const SMALL_BYTES = 4 * 1024;
/** The most that are kept for the next writes; when players are flushed, each has one at the same time. */
const MAX_KEPT = 64;

/** The buffers of a server. */
export class WriteBuffers {
  readonly #free: ArrayBuffer[] = [];

  /** Memory for so many bytes, whatever is in it. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length < SMALL_BYTES || length > BUFFER_BYTES) return new Uint8Array(length);
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(BUFFER_BYTES), 0, length);
  }

  /** Nobody reads or writes this memory any more. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength === BUFFER_BYTES && this.#free.length < MAX_KEPT) this.#free.push(buffer);
  }
}
