/**
 * Memory of segments that several threads read: each other thread that has it is counted in the memory itself, so
 * that the thread that writes it knows when it can be used again. Without that it would be the collector's, which
 * does not see how much shared memory there is and lets it grow.
 *
 * @module
 */

/** The count follows the segment's bytes. */
const COUNT_BYTES = 4;

/** Memory of exactly `bytes` that other threads can read; `bytes` is a multiple of 4. */
export function allocateShared(bytes: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(bytes + COUNT_BYTES), 0, bytes);
}

/** Another thread is about to get it. */
export function retain(memory: Uint8Array<ArrayBufferLike>): void {
  const count = countOf(memory);
  if (count !== undefined) Atomics.add(count, 0, 1);
}

/**
 * This thread reads lent memory no more.
 *
 * @param memory What was lent, or the rest of it from any byte on.
 */
export function release(memory: Uint8Array<ArrayBufferLike>): void {
  const count = countOf(memory);
  if (count !== undefined) Atomics.sub(count, 0, 1);
}

/** Whether another thread may read it. */
export function isRetained(memory: Uint8Array<ArrayBufferLike>): boolean {
  const count = countOf(memory);
  return count !== undefined && Atomics.load(count, 0) > 0;
}

/** `undefined` for memory that was not made for several threads. */
function countOf(memory: Uint8Array<ArrayBufferLike>): Int32Array<SharedArrayBuffer> | undefined {
  const { buffer, byteOffset, length } = memory;
  const end = byteOffset + length;
  if (!(buffer instanceof SharedArrayBuffer) || buffer.byteLength !== end + COUNT_BYTES) return undefined;
  return new Int32Array(buffer, end, 1);
}
