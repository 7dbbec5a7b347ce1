/**
 * The stream log's index: which positions a consumer may still be at, in time and in bytes.
 *
 * @module
 */
import { EntryRing } from "./entry_ring.ts";

/** How far a consumer may lag. */
export interface LagBounds {
  /** A consumer that is further behind has to jump, milliseconds of stream time. */
  readonly queueLengthMs: number;
  /** ... or this many bytes. */
  readonly maxLagBytes: number;
}

/**
 * Entries in the index, 16 bytes each, whatever the bounds in time and bytes permit: messages of a byte, all of one
 * moment, would make the index many times as large as what it is about. Two minutes at a thousand messages a second.
 */
const MAX_ENTRIES = 131_072;

/** Position and stream time of the messages of a log. */
export class LagIndex {
  readonly #bounds: LagBounds;
  readonly #entries = new EntryRing();
  /**
   * Where the stream's time skipped more than a consumer may lag, forward or back, and by how much: no consumer is late
   * for time in which nothing was sent, and none is early for what came before the clock was set back.
   */
  readonly #gaps = new EntryRing();
  #gapsMs = 0;
  #newestTime = 0;

  /** An empty index. */
  constructor(bounds: LagBounds) {
    this.#bounds = bounds;
  }

  /** Stream time of the newest message, milliseconds. */
  get newestTime(): number {
    return this.#newestTime;
  }

  /** The oldest position from which a consumer may go on; `undefined` when the index is empty. */
  get permitted(): number | undefined {
    return this.#entries.size === 0 ? undefined : this.#entries.firstPosition;
  }

  /** The stream time at a permitted position is at least this, milliseconds. */
  get permittedTime(): number {
    return this.#entries.size === 0 ? this.#newestTime : this.#entries.firstTime;
  }

  /** Add the newest message. */
  add(position: number, time: number): void {
    const step = time - this.#newestTime;
    const skips = Math.abs(step) > this.#bounds.queueLengthMs;
    if (step > 0 || skips) this.#newestTime = time;
    // Without an earlier entry no consumer can lag behind this gap.
    if (skips && this.#entries.size > 0) {
      this.#gaps.push(position, step);
      this.#gapsMs += step;
    }
    this.#entries.push(position, this.#newestTime);
  }

  /** Drop the entries at which no consumer may be, now that the log ends at `head`. */
  trim(head: number): void {
    const entries = this.#entries;
    const oldestPosition = head - this.#bounds.maxLagBytes;
    const oldestTime = this.#newestTime - this.#bounds.queueLengthMs;
    while (
      entries.size > 1 &&
      (entries.size > MAX_ENTRIES || entries.firstTime < oldestTime - this.#gapsMs ||
        entries.firstPosition < oldestPosition)
    ) this.#shift();
  }

  /** Drop the entries whose bytes are gone, now that the log begins at `tail`: nobody is there. */
  dropBefore(tail: number): void {
    while (this.#entries.size > 1 && this.#entries.secondPosition <= tail) this.#shift();
  }

  /** Pairs of position, less `origin`, and time of the messages from `position` on. */
  since(position: number, origin: number): Float64Array<ArrayBuffer> {
    return this.#entries.since(position, origin);
  }

  /** Stream time from the message at `position`, or the next one, to the newest, milliseconds; 0 at the end. */
  lagMs(position: number): number {
    const time = this.#entries.timeAt(position);
    return Number.isNaN(time) ? 0 : Math.max(0, this.#newestTime - time);
  }

  /** Position of the message after the one at `position`; `NaN` when there is none. */
  next(position: number): number {
    return this.#entries.next(position);
  }

  /** Drop all entries. The newest time stays. */
  clear(): void {
    while (this.#entries.size > 0) this.#entries.shift();
    while (this.#gaps.size > 0) this.#gaps.shift();
    this.#gapsMs = 0;
  }

  #shift(): void {
    const gaps = this.#gaps;
    this.#entries.shift();
    if (gaps.firstPosition <= this.#entries.firstPosition) {
      this.#gapsMs -= gaps.firstTime;
      gaps.shift();
    }
  }
}
