/**
 * Memory for what is being written to files, used again and again: the runtime collects garbage the more often the more
 * memory is made, and a recording makes as much as it writes.
 *
 * @module
 */

/** Sizes are multiples of this, bytes: smaller buffers are not worth it. */
const STEP_BYTES = 64 * 1024;
/** Kept for the next use at most, bytes. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** Buffers of a thread. */
export class FileBuffers {
  /** In the order in which they came back. */
  #free: ArrayBuffer[] = [];
  #keptBytes = 0;

  /** Memory of at least so many bytes, with anything in it. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const size = Math.max(1, Math.ceil(bytes / STEP_BYTES)) * STEP_BYTES;
    // What came back last may still be in the processor's cache; one of twice the size would be missed elsewhere.
    const at = this.#free.findLastIndex(({ byteLength }) => byteLength >= size && byteLength < 2 * size);
    const buffer = this.#free[at];
    if (buffer === undefined) return new Uint8Array(size);
    this.#free.splice(at, 1);
    this.#keptBytes -= buffer.byteLength;
    return new Uint8Array(buffer);
  }

  /** The memory below these bytes is used by nobody any more. What was not taken from here is left alone. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    const size = buffer.byteLength;
    if (size === 0 || size % STEP_BYTES !== 0 || size > MAX_KEPT_BYTES) return;
    this.#keptBytes += size;
    this.#free.push(buffer);
    if (this.#keptBytes > MAX_KEPT_BYTES) this.#forgetUnused();
  }

  /** Keep nothing: nobody records. */
  clear(): void {
    this.#free = [];
    this.#keptBytes = 0;
  }

  /** Sizes that nobody takes any more must not keep out those that are taken. */
  #forgetUnused(): void {
    let forgotten = 0;
    while (this.#keptBytes > MAX_KEPT_BYTES) this.#keptBytes -= this.#free[forgotten++]?.byteLength ?? 0;
    this.#free.splice(0, forgotten);
  }
}
