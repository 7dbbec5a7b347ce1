/**
 * Large byte arrays for stream logs, used again and again.
 *
 * @module
 */

import { isRetained } from "./segment_memory.ts";

/** Makes the memory of a segment: an `ArrayBuffer`, or a `SharedArrayBuffer` where worker threads share streams. */
export type AllocateSegment = (bytes: number) => Uint8Array<ArrayBufferLike>;

/** Keeps freed segments up to a bound, by size. One pool serves all streams of a thread. */
export class SegmentPool {
  readonly #allocate: AllocateSegment;
  readonly #maxBytes: number;
  readonly #free = new Map<number, Uint8Array<ArrayBufferLike>[]>();
  /** Given back here, but still read by another thread; oldest first. */
  readonly #retained: Uint8Array<ArrayBufferLike>[] = [];
  #freeBytes = 0;
  #retainedBytes = 0;

  /**
   * An empty pool.
   *
   * @param allocate Makes a new array of exactly that size.
   * @param maxBytes Freed memory kept for the next taker; as much again may wait for other threads.
   */
  constructor(allocate: AllocateSegment = (bytes) => new Uint8Array(bytes), maxBytes = 32 * 1024 * 1024) {
    this.#allocate = allocate;
    this.#maxBytes = maxBytes;
  }

  /** An array of exactly `bytes`; its contents are whatever was there. */
  take(bytes: number): Uint8Array<ArrayBufferLike> {
    const array = this.#free.get(bytes)?.pop() ?? this.#takeReturned(bytes);
    if (array === undefined) return this.#allocate(bytes);
    this.#freeBytes -= bytes;
    return array;
  }

  /** Give back what nobody reads any more in this thread. */
  give(array: Uint8Array<ArrayBufferLike>): void {
    if (isRetained(array)) this.#keepRetained(array);
    else this.#keepFree(array);
  }

  #keepRetained(array: Uint8Array<ArrayBufferLike>): void {
    this.#retained.push(array);
    this.#retainedBytes += array.length;
    // A thread may never hand it back, such as one whose player hangs in a write: the collector's, then.
    while (this.#retainedBytes > this.#maxBytes) this.#retainedBytes -= this.#retained.shift()?.length ?? 0;
  }

  /** Look through what was lent for what has come back. */
  #takeReturned(bytes: number): Uint8Array<ArrayBufferLike> | undefined {
    const waiting = this.#retained.splice(0);
    this.#retainedBytes = 0;
    for (const array of waiting) this.give(array);
    return this.#free.get(bytes)?.pop();
  }

  #keepFree(array: Uint8Array<ArrayBufferLike>): void {
    const bytes = array.length;
    if (this.#freeBytes + bytes > this.#maxBytes) return;
    const same = this.#free.get(bytes);
    if (same === undefined) this.#free.set(bytes, [array]);
    else same.push(array);
    this.#freeBytes += bytes;
  }
}
