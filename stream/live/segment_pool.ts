/**
 * Large byte arrays for stream logs, used again and again.
 *
 * @module
 */

import { isRetained } from "./segment_memory.ts";

/** Makes the memory of a segment: an `ArrayBuffer`, or a `SharedArrayBuffer` where worker threads share streams. */
export type AllocateSegment = (bytes: number) => Uint8Array<ArrayBufferLike>;

/** The most of it that may wait for other threads: one may never hand it back. */
const MAX_RETAINED_BYTES = 32 * 1024 * 1024;
/** Freed memory that nobody took during as many sweeps is given up: streams whose key frames come together need it again. */
const UNUSED_SWEEPS = 10;

/** Freed segments of one size. */
interface FreeSegments {
  readonly arrays: Uint8Array<ArrayBufferLike>[];
  /** The fewest of late: nobody needed these. */
  unused: number;
}

/** Keeps freed segments up to a bound, by size. One pool serves all streams of a thread. */
export class SegmentPool {
  readonly #allocate: AllocateSegment;
  readonly #maxBytes: number;
  readonly #free = new Map<number, FreeSegments>();
  /** Given back here, but still read by another thread; oldest first. */
  readonly #retained: Uint8Array<ArrayBufferLike>[] = [];
  #freeBytes = 0;
  #retainedBytes = 0;
  #sweeps = 0;

  /**
   * An empty pool.
   *
   * @param allocate Makes a new array of exactly that size.
   * @param maxBytes Freed memory kept for the next taker; at most as much may wait for other threads.
   */
  constructor(allocate: AllocateSegment = (bytes) => new Uint8Array(bytes), maxBytes = 256 * 1024 * 1024) {
    this.#allocate = allocate;
    this.#maxBytes = maxBytes;
  }

  /** An array of exactly `bytes`; its contents are whatever was there. */
  take(bytes: number): Uint8Array<ArrayBufferLike> {
    return this.#takeFree(bytes) ?? this.#takeReturned(bytes) ?? this.#allocate(bytes);
  }

  /** Give back what nobody reads any more in this thread. */
  give(array: Uint8Array<ArrayBufferLike>): void {
    if (isRetained(array)) this.#keepRetained(array);
    else this.#keepFree(array);
  }

  /** Give up what nobody has needed for a while; called about once a second. */
  sweep(): void {
    if (++this.#sweeps % UNUSED_SWEEPS !== 0) return;
    for (const [bytes, same] of this.#free) {
      this.#freeBytes -= same.unused * bytes;
      same.arrays.length -= same.unused;
      same.unused = same.arrays.length;
      if (same.unused === 0) this.#free.delete(bytes);
    }
  }

  #takeFree(bytes: number): Uint8Array<ArrayBufferLike> | undefined {
    const same = this.#free.get(bytes);
    const array = same?.arrays.pop();
    if (same === undefined || array === undefined) return undefined;
    same.unused = Math.min(same.unused, same.arrays.length);
    this.#freeBytes -= bytes;
    return array;
  }

  #keepRetained(array: Uint8Array<ArrayBufferLike>): void {
    this.#retained.push(array);
    this.#retainedBytes += array.length;
    // A thread may never hand it back, such as one whose player hangs in a write: the collector's, then.
    const maxBytes = Math.min(this.#maxBytes, MAX_RETAINED_BYTES);
    while (this.#retainedBytes > maxBytes) this.#retainedBytes -= this.#retained.shift()?.length ?? 0;
  }

  /** Look through what was lent for what has come back. */
  #takeReturned(bytes: number): Uint8Array<ArrayBufferLike> | undefined {
    const waiting = this.#retained.splice(0);
    this.#retainedBytes = 0;
    for (const array of waiting) this.give(array);
    return this.#takeFree(bytes);
  }

  #keepFree(array: Uint8Array<ArrayBufferLike>): void {
    const bytes = array.length;
    if (this.#freeBytes + bytes > this.#maxBytes) return;
    const same = this.#free.get(bytes);
    if (same === undefined) this.#free.set(bytes, { arrays: [array], unused: 0 });
    else same.arrays.push(array);
    this.#freeBytes += bytes;
  }
}
