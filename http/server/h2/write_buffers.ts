/**
 * Memory that frames are put together in: a write of media would leave as much behind for the garbage collector.
 *
 * @module
 */

/** As much as one write takes, and a frame that is begun. */
const BUFFER_BYTES = 66 * 1024;
/** Smaller writes are not worth it. */
const SMALL_BYTES = 4 * 1024;
/** The most that there are; when players are flushed, each uses one at the same time. */
const MAX_BUFFERS = 256;

/** The buffers of a server. */
export class WriteBuffers {
  readonly #free: ArrayBuffer[] = [];
  /** Those that are in use too. */
  #count = 0;

  /** Memory for so many bytes, whatever is in it. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length < SMALL_BYTES || length > BUFFER_BYTES) return new Uint8Array(length);
    const free = this.#free.pop();
    if (free !== undefined) return new Uint8Array(free, 0, length);
    if (this.#count === MAX_BUFFERS) return new Uint8Array(length);
    this.#count++;
    return new Uint8Array(new ArrayBuffer(BUFFER_BYTES), 0, length);
  }

  /** Nobody reads or writes this memory any more. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength === BUFFER_BYTES) this.#free.push(buffer);
  }

  /** Somebody may still read this memory: it is not used again. */
  forget({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength === BUFFER_BYTES) this.#count--;
  }
}
