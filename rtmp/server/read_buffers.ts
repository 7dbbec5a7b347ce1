/**
 * Buffers that connections read into, used again by those that come later: memory outside of V8's heap costs a
 * microsecond to allocate and to collect, and a connection storm makes thousands a second.
 *
 * @module
 */

/** Enough for the handshake and all commands of a player. */
export const SMALL_BUFFER_BYTES = 2 * 1024;
/** The most that are kept: those of more connections than come and go at a time. */
const MAX_KEPT = 256;

/** Small buffers, all of the same size. */
export class ReadBuffers {
  readonly #kept: Uint8Array<ArrayBuffer>[] = [];

  /** A buffer of {@link SMALL_BUFFER_BYTES}, with anything in it. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#kept.pop() ?? new Uint8Array(SMALL_BUFFER_BYTES);
  }

  /** Nothing reads into this buffer any more, nor from it. One of another size is let go. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.length === SMALL_BUFFER_BYTES && this.#kept.length < MAX_KEPT) this.#kept.push(buffer);
  }
}
