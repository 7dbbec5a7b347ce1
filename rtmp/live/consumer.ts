/**
 * A consumer: one player's place in a source's log. Its memory is this object, however slow the player is.
 *
 * @module
 */
import type { Player, Sink } from "./reader.ts";
import type { GopStart, Source } from "./source.ts";
import type { LogSlice } from "./stream_log.ts";

/** One player's cursor. Call {@link Consumer.take}, write all of it, call {@link Consumer.written}, and so on. */
export class Consumer implements Player {
  /** Its place among the players of the source: kept by their roster. */
  place: number = -1;
  /** Takes what the cursor passes. */
  readonly sink: Sink;
  /** Stream time of what it gets first, as far as that is known, milliseconds. */
  readonly startTimeMs: number;
  readonly #source: Source;
  #position: number;
  #prelude: Uint8Array<ArrayBuffer> | undefined;
  #slice: LogSlice | undefined;
  #paused = false;
  #awaitsKeyFrame = false;
  /** It has had no media yet: whatever is there goes out at once, flushed or not. */
  #joining = true;
  #jumps = 0;
  #byteJumps = 0;
  #droppedMs = 0;
  #skippedFromMs = 0;

  /** Joins the source at its GOP cache, or at its head. */
  constructor(source: Source, sink: Sink) {
    this.sink = sink;
    this.#source = source;
    this.#position = source.log.head;
    const gop = source.live ? source.cachedGop : undefined;
    this.startTimeMs = gop?.time ?? source.time;
    if (source.live) {
      if (gop !== undefined) this.#startAt(gop);
      else this.#prelude = source.prelude(source.headers, this.startTimeMs);
    }
    source.consumers.add(this);
  }

  /** The source it plays. */
  get source(): Source {
    return this.#source;
  }

  /** Position in the log of the next byte that has to be written. */
  get position(): number {
    return this.#position;
  }

  /** Times that it was too far behind and went on at a newer key frame. */
  get jumps(): number {
    return this.#jumps;
  }

  /** Those of them for which it was too far behind in bytes, not in time. */
  get byteJumps(): number {
    return this.#byteJumps;
  }

  /** Stream time that its jumps left out, milliseconds. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /**
   * The bytes of the write under way are older than anybody may be: their memory is kept for this player alone.
   */
  get overdue(): boolean {
    return this.#slice !== undefined && this.#slice.to < this.#source.log.permitted;
  }

  /** Bytes wait for it that should not wait any longer. */
  get due(): boolean {
    if (this.#paused) return false;
    const { log } = this.#source;
    return this.#prelude !== undefined || this.#position < (this.#joining ? log.head : log.flushed);
  }

  /** Hold the cursor, or let it go on from where it is. */
  set paused(paused: boolean) {
    this.#paused = paused;
  }

  /** Leave the source. What {@link Consumer.take} gave stays valid until {@link Consumer.written}. */
  leave(): void {
    this.#source.consumers.delete(this);
    this.#paused = true;
  }

  /** What stands before the next media, to be written together with something else; `undefined` when nothing does. */
  takePrelude(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#paused) return undefined;
    const prelude = this.#prelude;
    this.#prelude = undefined;
    return prelude;
  }

  /** The next bytes to write, whole messages; `undefined` while there are none. */
  take(): Uint8Array<ArrayBufferLike> | undefined {
    if (this.#paused) return undefined;
    const { log } = this.#source;
    if (this.#awaitsKeyFrame || this.#position < log.permitted) this.#jump();
    if (this.#prelude !== undefined && this.#prelude.length > 0) return this.#prelude;
    this.#prelude = undefined;
    if (this.#awaitsKeyFrame) return undefined;
    const slice = log.slice(this.#position);
    if (slice === undefined) return undefined;
    slice.segment.writers++;
    this.#joining = false;
    this.#slice = slice;
    return slice.bytes;
  }

  /** All bytes of the last {@link Consumer.take} are out, or will never be. */
  written(): void {
    const slice = this.#slice;
    if (slice === undefined) {
      this.#prelude = undefined;
      return;
    }
    slice.segment.writers--;
    this.#position = slice.to;
    this.#slice = undefined;
  }

  #startAt(gop: GopStart): void {
    this.#position = gop.position;
    this.#prelude = this.#source.prelude(gop.headers, gop.time);
  }

  /** Too far behind: go on at the newest key frame, or wait for one where the stream has pictures. */
  #jump(): void {
    const { log, facts } = this.#source;
    const gop = this.#source.newestGop;
    const usable = gop !== undefined && gop.position > this.#position;
    // Pictures without a key frame would be broken; sound can go on anywhere. A publish that took this one's place
    // may have no pictures at all.
    const mustWait = !usable && facts.videoCodec !== "";
    if (!this.#awaitsKeyFrame) {
      this.#jumps++;
      if (log.isBytesBehind(this.#position)) this.#byteJumps++;
      this.#skippedFromMs = log.permittedTime;
    }
    this.#awaitsKeyFrame = mustWait;
    if (mustWait) return;
    this.#droppedMs += Math.max(0, (usable ? gop.time : log.newestTime) - this.#skippedFromMs);
    if (usable) {
      if (gop.lastHeaderPosition >= this.#position) this.#startAt(gop);
      else this.#position = gop.position;
      return;
    }
    this.#prelude = this.#source.prelude(this.#source.headers, log.newestTime);
    this.#position = log.head;
  }
}
