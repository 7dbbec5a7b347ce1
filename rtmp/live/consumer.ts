/**
 * A consumer: one player's place in a source's log. Its memory is this object, however slow the player is.
 *
 * @module
 */
import type { GopStart, Reader, Sink, Source } from "./source.ts";
import type { LogSlice } from "./stream_log.ts";

/** One player's cursor. Call {@link Consumer.take}, write all of it, call {@link Consumer.written}, and so on. */
export class Consumer implements Reader {
  readonly sink: Sink;
  readonly #source: Source;
  #position: number;
  #prelude: Uint8Array<ArrayBuffer> | undefined;
  #slice: LogSlice | undefined;
  #paused = false;
  #awaitsKeyFrame = false;
  #jumps = 0;
  #droppedMs = 0;

  /** Joins the source at its GOP cache, or at its head. */
  constructor(source: Source, sink: Sink) {
    this.sink = sink;
    this.#source = source;
    this.#position = source.log.head;
    if (source.live) {
      const gop = source.cachedGop;
      if (gop !== undefined) this.#startAt(gop);
      else this.#prelude = source.prelude(source.headers, source.log.newestTime);
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

  /** Stream time that its jumps left out, milliseconds. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /** Flushed bytes wait for it. */
  get due(): boolean {
    return !this.#paused && (this.#prelude !== undefined || this.#position < this.#source.log.flushed);
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
    const usable = gop !== undefined && gop.position > this.#position && gop.position >= log.permitted;
    if (this.#awaitsKeyFrame && !usable) return;
    if (!this.#awaitsKeyFrame) {
      this.#jumps++;
      this.#droppedMs += Math.max(0, (usable ? gop.time : log.newestTime) - log.permittedTime);
    }
    if (usable) {
      this.#awaitsKeyFrame = false;
      if (gop.lastHeaderPosition >= this.#position) this.#startAt(gop);
      else this.#position = gop.position;
      return;
    }
    // No key frame to go on with: pictures without one would be broken, sound can go on anywhere.
    this.#awaitsKeyFrame = facts.videoCodec !== "";
    if (!this.#awaitsKeyFrame) {
      this.#prelude = this.#source.prelude(this.#source.headers, log.newestTime);
      this.#position = log.head;
    }
  }
}
