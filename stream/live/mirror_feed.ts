/**
 * Out of this thread, as bytes: an output's shared segments and what they mean, for another thread; nothing copied. What
 * comes in is {@link ForeignFeed}'s.
 *
 * @module
 */
import type { Reader, Wakeable } from "./reader.ts";
import { release, retain } from "./segment_memory.ts";
import type { Header } from "./stream_headers.ts";
import type { ForeignBytes, Segment } from "./stream_log.ts";
import type { OutputState, StreamOutput } from "./stream_output.ts";

/** Bytes of a segment; its memory goes along when the receiver has not seen it yet. */
export interface MirrorPiece {
  /** Of the segment, counted by the feed. */
  readonly segment: number;
  /** The segment, where the other side does not know it yet: lent, to be handed back. */
  readonly memory: Uint8Array<ArrayBufferLike> | undefined;
  /** First byte. */
  readonly from: number;
  /** Behind the last byte. */
  readonly to: number;
}

/** What a mirror has to follow. Plain data and shared memory. */
export interface MirrorBatch {
  /** Bytes in their order. */
  readonly pieces: readonly MirrorPiece[];
  /** Pairs of position, counted from the batch's beginning, and time. */
  readonly entries: Float64Array<ArrayBuffer>;
  /** What a new player needs. */
  readonly state: OutputState;
}

/** The beginning of what a mirror gets. */
export interface MirrorStart {
  /** Metadata and sequence headers. */
  readonly headers: readonly Header[];
  /** Of the first message that follows. */
  readonly time: number;
}

/** A reader of a source that hands on what is flushed instead of writing it to a socket. */
export class MirrorFeed implements Reader {
  /** Woken when the log has grown. */
  readonly wakeable: Wakeable;
  /** The mirror wants everything at once. */
  readonly urgent: boolean;
  readonly #output: StreamOutput;
  #position: number;
  #segment: Segment | undefined;
  #segmentNumber = 0;

  /** A feed from where a new player starts; `onFlush` is called when there is something to take. */
  constructor(
    output: StreamOutput,
    onFlush: () => void,
    { urgent = false }: { readonly urgent?: boolean } = {},
  ) {
    this.urgent = urgent;
    this.#output = output;
    this.#position = output.log.head;
    this.wakeable = { wake: onFlush };
    output.relays.add(this);
  }

  /** Offset in the log up to which everything was taken. */
  get position(): number {
    return this.#position;
  }

  /** The log no longer has what was to be taken next: the mirror has to start again. */
  get lost(): boolean {
    return this.#position < this.#output.log.tail;
  }

  /** Go to where a new player starts: what the mirror has to know before the next batch. */
  start(): MirrorStart {
    const { cachedGop, headers, log } = this.#output;
    this.#position = cachedGop?.position ?? log.head;
    this.#segment = undefined;
    return { headers: (cachedGop?.headers ?? headers).list, time: cachedGop?.time ?? log.newestTime };
  }

  /** Everything since the last call; `undefined` when there is nothing. */
  take(): MirrorBatch | undefined {
    const { log } = this.#output;
    const origin = this.#position;
    if (origin >= log.head) return undefined;
    const pieces: MirrorPiece[] = [];
    for (let slice = log.slice(this.#position); slice !== undefined; slice = log.slice(this.#position)) {
      const { segment } = slice;
      const isNew = segment !== this.#segment;
      if (isNew) {
        this.#segmentNumber++;
        retain(segment.bytes);
      }
      this.#segment = segment;
      pieces.push({
        segment: this.#segmentNumber,
        memory: isNew ? segment.bytes : undefined,
        from: slice.from - segment.start,
        to: slice.to - segment.start,
      });
      this.#position = slice.to;
    }
    return { pieces, entries: log.entriesSince(origin, origin), state: this.#output.state(origin) };
  }

  /** Nobody wants it any more. */
  stop(): void {
    this.#output.relays.delete(this);
  }
}

/** A batch that nobody follows any more. */
export function discardBatch({ pieces }: MirrorBatch): void {
  for (const { memory } of pieces) if (memory !== undefined) release(memory);
}

/** The receiving end of a feed: gives a source of this thread what a source of another one has. */
export class Mirror {
  readonly #output: StreamOutput;
  #memory: Uint8Array<ArrayBufferLike> | undefined;
  #segment = 0;

  /** A copy that begins where `start` was taken. */
  constructor(output: StreamOutput, start: MirrorStart) {
    this.#output = output;
    output.beginForeign(start.headers, start.time);
  }

  /** Take a batch, and let the players here have it. */
  follow({ pieces, entries, state }: MirrorBatch): void {
    const foreign: ForeignBytes[] = [];
    for (const { segment, memory, from, to } of pieces) {
      if (memory !== undefined) {
        this.#memory = memory;
        this.#segment = segment;
      }
      if (this.#memory === undefined || this.#segment !== segment) {
        throw new RangeError(`Cannot follow a stream: segment ${segment} is not known here`);
      }
      foreign.push({ bytes: this.#memory, from, to });
    }
    this.#output.follow(foreign, entries, state);
    this.#output.flush();
  }
}
