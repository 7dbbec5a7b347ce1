/**
 * Memory for what is being written to files, used again and again: the runtime collects garbage the more often the more
 * memory is made, and a recording makes as much as it writes.
 *
 * @module
 */

/** Smaller ones are not worth it, bytes. */
const LEAST_BYTES = 64 * 1024;
/** Kept for the next use at most, bytes. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** Buffers of a thread. */
export class FileBuffers {
  /** By their size, a power of two. */
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();
  #keptBytes = 0;

  /** Memory of at least so many bytes, with anything in it. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    let size = LEAST_BYTES;
    while (size < bytes) size *= 2;
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return new Uint8Array(size);
    this.#keptBytes -= size;
    return buffer;
  }

  /** The memory below these bytes is used by nobody any more. What was not taken from here is left alone. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    const size = buffer.byteLength;
    const isOurs = size >= LEAST_BYTES && (size & (size - 1)) === 0;
    if (!isOurs || this.#keptBytes + size > MAX_KEPT_BYTES) return;
    this.#keptBytes += size;
    const free = this.#free.get(size);
    if (free === undefined) this.#free.set(size, [new Uint8Array(buffer)]);
    else free.push(new Uint8Array(buffer));
  }

  /** Keep nothing: nobody records. */
  clear(): void {
    this.#free.clear();
    this.#keptBytes = 0;
  }
}
