/**
 * The stream log: every message of a live stream, encoded once, in large segments that all consumers read.
 *
 * Positions count bytes from the log's beginning and never go back; a consumer is a position. Nothing here is done
 * per message and consumer.
 *
 * @module
 */
import type { MessageEncoder } from "../media/log_format.ts";
import type { StreamMessage } from "../media/media_message.ts";
import { type LagBounds, LagIndex } from "./lag_index.ts";
import { release } from "./segment_memory.ts";
import { SegmentPool } from "./segment_pool.ts";

/** A stretch of the log in one array. */
export interface Segment {
  /** The memory. */
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** Position of the first byte. */
  readonly start: number;
  /** Position after the last byte. */
  end: number;
  /** Writes under way that read from it; while there are any its array is not used again. */
  writers: number;
  /** Encoded by another thread: it is not written here, and its array is not reused here. */
  readonly foreign: boolean;
}

/** Bytes that another thread encoded, to be added at a log's head. */
export interface ForeignBytes {
  /** A whole segment of the other log, shared memory that goes on being written after `to`. */
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** First byte. */
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
}

/** Bytes of the log that end with a whole message. Consumers at one position share one slice. */
export interface LogSlice {
  /** The memory. */
  readonly bytes: Uint8Array<ArrayBufferLike>;
  /** Held until the bytes are written. */
  readonly segment: Segment;
  /** First byte. */
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
}

/** Bounds of one log. */
export interface StreamLogOptions extends LagBounds {
  /** How messages are encoded. */
  readonly format: MessageEncoder;
  /** The oldest position that a consumer needs; called when memory could be freed. */
  readonly oldestNeeded: () => number;
  /** How many read it; absent: many. */
  readonly readers?: () => number;
  /** Where segments come from and go back to. */
  readonly pool?: SegmentPool;
}

const MAX_SEGMENT_BYTES = 1024 * 1024;
/** Up to as many readers a log is kept small rather than quick to read. */
const FEW_READERS = 4;
/** How large segments are. */
interface SegmentSize {
  /** The smallest. */
  readonly minBytes: number;
  /** One that lasted less stream time is followed by a larger one, milliseconds. */
  readonly minMs: number;
  /** One that lasted longer is followed by a smaller one, milliseconds. */
  readonly maxMs: number;
}
/** A flush that spans two segments costs each reader a second write. */
const FOR_MANY: SegmentSize = { minBytes: 64 * 1024, minMs: 1000, maxMs: 4000 };
/** A log has up to two segments more than the GOP: where few read, that is more than what their writes cost. */
const FOR_FEW: SegmentSize = { minBytes: 32 * 1024, minMs: 250, maxMs: 1000 };

/** An append-only log of one stream in one format. */
export class StreamLog {
  readonly #options: StreamLogOptions;
  readonly #pool: SegmentPool;
  readonly #index: LagIndex;
  #segments: Segment[] = [];
  #segmentBytes = 0;
  #segmentOpenedAt = 0;
  #head = 0;
  #flushed = 0;
  #slice: LogSlice | undefined;

  /** An empty log. */
  constructor(options: StreamLogOptions) {
    this.#options = options;
    this.#index = new LagIndex(options);
    this.#pool = options.pool ?? new SegmentPool();
  }

  /** Position after the newest message. */
  get head(): number {
    return this.#head;
  }

  /** The head at the last {@link StreamLog.flush}: consumers before it have something due. */
  get flushed(): number {
    return this.#flushed;
  }

  /** Stream time of the newest message, milliseconds. */
  get newestTime(): number {
    return this.#index.newestTime;
  }

  /** The oldest position from which a consumer may go on; before it, it has to jump. */
  get permitted(): number {
    return this.#index.permitted ?? this.#head;
  }

  /** Whether a consumer at `position` is further behind in bytes than is permitted, whatever the time says. */
  isBytesBehind(position: number): boolean {
    return this.#head - position > this.#options.maxLagBytes;
  }

  /** The oldest position whose bytes are still here. */
  get tail(): number {
    return this.#segments[0]?.start ?? this.#head;
  }

  /** Bytes held in segments, for metrics and bounds. */
  get heldBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
  }

  /** Stream time that a reader at `position` has yet to get, milliseconds. */
  lagMs(position: number): number {
    return this.#index.lagMs(position);
  }

  /** The stream time at a permitted position is at least this, milliseconds. */
  get permittedTime(): number {
    return this.#index.permittedTime;
  }

  /**
   * Encode a message at the head.
   *
   * @param streamTime Where the stream is at this message, milliseconds: what the lag of its readers is measured by. Not
   * the message's own time where that is fixed, as metadata's is.
   * @returns The message's position; that of the next one where nothing of it is sent.
   */
  append(message: StreamMessage, streamTime = message.time): number {
    const { format } = this.#options;
    const length = format.length(message);
    if (length === 0) return this.#head;
    const segment = this.#segmentFor(length);
    const position = this.#head;
    format.write(segment.bytes, position - segment.start, message);
    segment.end = this.#head = position + length;
    this.#index.add(position, streamTime);
    this.#index.trim(this.#head);
    return position;
  }

  /**
   * Add what another thread encoded, without a copy.
   *
   * @param pieces In order; each whole messages or, together, so.
   * @param entries Pairs of position, counted from the head before this call, and time.
   */
  extend(pieces: readonly ForeignBytes[], entries: Float64Array): void {
    // First, because what may be let go of while pieces are taken in is what the index does not know.
    for (let i = 0; i + 1 < entries.length; i += 2) {
      this.#index.add(this.#head + (entries[i] ?? 0), entries[i + 1] ?? 0);
    }
    for (const { bytes, from, to } of pieces) {
      const newest = this.#segments.at(-1);
      const goesOn = newest !== undefined && newest.foreign && newest.bytes.buffer === bytes.buffer &&
        newest.bytes.byteOffset + (newest.end - newest.start) === bytes.byteOffset + from;
      this.#head += to - from;
      if (goesOn) newest.end = this.#head;
      else this.#adopt(bytes.subarray(from), this.#head - (to - from));
    }
    this.#index.trim(this.#head);
  }

  /** Pairs of position, less `origin`, and time of the messages from `position` on that a consumer may be at. */
  entriesSince(position: number, origin: number): Float64Array<ArrayBuffer> {
    return this.#index.since(position, origin);
  }

  /**
   * Everything up to the head is due now. Where the next flush would not fit into the newest segment, the segment
   * is closed here: a flush that spans two segments costs each consumer a second write.
   */
  flush(): void {
    const flushBytes = this.#head - this.#flushed;
    this.#flushed = this.#head;
    const newest = this.#segments.at(-1);
    if (newest === undefined || newest.foreign || newest.end !== this.#head) return;
    const room = newest.bytes.length - (newest.end - newest.start);
    if (room < flushBytes + (flushBytes >> 1) && flushBytes * 4 < newest.bytes.length) this.#open(flushBytes);
  }

  /** What a consumer at `position` can write now: up to the head or the end of the segment; `undefined` at the head. */
  slice(position: number): LogSlice | undefined {
    if (position >= this.#head) return undefined;
    const cached = this.#slice;
    if (cached !== undefined && cached.from === position && cached.to === cached.segment.end) return cached;
    const segment = this.#segmentAt(position);
    if (segment === undefined) return undefined;
    const bytes = segment.bytes.subarray(position - segment.start, segment.end - segment.start);
    return this.#slice = { bytes, segment, from: position, to: segment.end };
  }

  /** The message at `position`, which is permitted; `undefined` at the head. */
  messageAt(position: number): Uint8Array<ArrayBufferLike> | undefined {
    const slice = this.slice(position);
    if (slice === undefined) return undefined;
    const next = this.#index.next(position);
    return slice.bytes.subarray(0, (Number.isNaN(next) ? this.#head : next) - position);
  }

  /** Free the segments before the oldest needed position. */
  trim(): void {
    const needed = Math.min(this.#options.oldestNeeded(), this.#head);
    while (this.#segments.length > 1) {
      const oldest = this.#segments[0];
      if (oldest === undefined || oldest.end > needed) return;
      this.#segments.shift();
      this.#index.dropBefore(oldest.end);
      if (this.#slice?.segment === oldest) this.#slice = undefined;
      this.#free(oldest);
    }
  }

  /** Give all memory back. The log can be used on, from its head. */
  clear(): void {
    for (const segment of this.#segments) this.#free(segment);
    this.#segments = [];
    this.#slice = undefined;
    this.#index.clear();
  }

  /** A segment has left the log. One that a write still reads from is left to the collector. */
  #free({ bytes, writers, foreign }: Segment): void {
    if (writers > 0) return;
    if (foreign) release(bytes);
    else this.#pool.give(bytes);
  }

  #segmentFor(length: number): Segment {
    const newest = this.#segments.at(-1);
    if (newest === undefined || newest.foreign) return this.#open(length);
    return newest.bytes.length - (newest.end - newest.start) >= length ? newest : this.#open(length);
  }

  #open(atLeastBytes: number): Segment {
    let bytes = this.#adaptSegmentBytes();
    while (bytes < atLeastBytes) bytes *= 2;
    this.trim();
    const start = this.#head;
    const segment = { bytes: this.#pool.take(bytes), start, end: start, writers: 0, foreign: false };
    this.#segments.push(segment);
    return segment;
  }

  /** The size of the next segment, by how long the newest one lasted. */
  #adaptSegmentBytes(): number {
    const { newestTime } = this.#index;
    const { minBytes, minMs, maxMs } = (this.#options.readers?.() ?? Infinity) > FEW_READERS
      ? FOR_MANY
      : FOR_FEW;
    const lastedMs = newestTime - this.#segmentOpenedAt;
    this.#segmentOpenedAt = newestTime;
    let bytes = this.#segmentBytes;
    if (this.#segments.length > 0 && lastedMs < minMs) bytes = Math.min(bytes * 2, MAX_SEGMENT_BYTES);
    else if (lastedMs > maxMs) bytes /= 2;
    return this.#segmentBytes = Math.max(bytes, minBytes);
  }

  #adopt(bytes: Uint8Array<ArrayBufferLike>, start: number): void {
    this.trim();
    this.#segments.push({ bytes, start, end: this.#head, writers: 0, foreign: true });
  }

  #segmentAt(position: number): Segment | undefined {
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const segment = this.#segments[i];
      if (segment !== undefined && segment.start <= position) {
        return position < segment.end ? segment : undefined;
      }
    }
    return undefined;
  }
}
