/**
 * A consumer: one player's place in a source's log. Its memory is this object, however slow the player is.
 *
 * @module
 */
import type { DeferredPlayer, ListedReader, Wakeable } from "./reader.ts";
import type { GopStart } from "./join_cache.ts";
import { JOIN_TIME } from "./stream_headers.ts";
import type { LogSlice } from "./stream_log.ts";
import type { StreamOutput } from "./stream_output.ts";

/** One player's cursor. Call {@link Consumer.take}, write all of it, call {@link Consumer.written}, and so on. */
export class Consumer implements ListedReader, DeferredPlayer {
  /** Where among the players of the output it is: kept by their list. */
  index: number = -1;
  /** See {@link Reader}. */
  readonly wakeable: Wakeable;
  readonly #output: StreamOutput;
  #position: number;
  #initData: Uint8Array<ArrayBuffer> | undefined;
  #slice: LogSlice | undefined;
  readonly #urgent: boolean;
  #paused = false;
  #awaitsKeyFrame = false;
  /** Stream time at which it began to wait for a key frame. */
  #awaitsSinceMs = 0;
  /** It may have what follows its opening. */
  #settled = true;
  /** It has had nothing of the log yet: whatever is there goes out at once, flushed or not. */
  #joining = true;
  #jumps = 0;
  #byteJumps = 0;
  #keylessJumps = 0;
  #droppedMs = 0;
  #skippedFromMs = 0;

  /**
   * Joins the output at its newest key frame, or at its head.
   *
   * @param options `urgent`: it gets all that has come after each read of the publisher, flushed or not.
   */
  constructor(
    output: StreamOutput,
    wakeable: Wakeable,
    { urgent = false }: { readonly urgent?: boolean } = {},
  ) {
    this.#urgent = urgent;
    if (urgent) output.urgentReaders.add(this);
    this.wakeable = wakeable;
    this.#output = output;
    this.#position = output.log.head;
    const gop = output.live ? output.cachedGop : undefined;
    if (gop !== undefined) this.#open(gop);
    else if (output.live) this.#initData = output.joinCache.initData(output.headers, JOIN_TIME);
    output.consumers.add(this);
  }

  /** The output it reads. */
  get output(): StreamOutput {
    return this.#output;
  }

  /** See {@link Reader}. */
  get position(): number {
    return this.#position;
  }

  /** Times that it was too far behind: it went on further ahead, or has yet to. */
  get jumps(): number {
    return this.#jumps;
  }

  /** Those of them for which it was too far behind in bytes, not in time. */
  get byteJumps(): number {
    return this.#byteJumps;
  }

  /** Those of them that ended at the head, because no key frame came in time or was to be expected. */
  get keylessJumps(): number {
    return this.#keylessJumps;
  }

  /** It was too far behind, and gets nothing until the next key frame: {@link Source.keyFrameWaitMs} at most. */
  get awaitsKeyFrame(): boolean {
    return this.#awaitsKeyFrame;
  }

  /** Stream time that its jumps left out, milliseconds. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /**
   * The bytes of the write under way are older than any player may be: their memory is kept for this player alone.
   */
  get overdue(): boolean {
    return this.#slice !== undefined && this.#slice.to < this.#output.log.permitted;
  }

  /** Bytes wait for it that should not wait any longer. */
  get due(): boolean {
    if (this.#paused) return false;
    if (this.#initData !== undefined) return true;
    const { log } = this.#output;
    return this.#settled && this.#position < (this.#joining || this.#urgent ? log.head : log.flushed);
  }

  /** Hold the cursor, or let it go on from where it is. */
  set paused(paused: boolean) {
    this.#paused = paused;
  }

  /** Leave the source. What {@link Consumer.take} gave stays valid until {@link Consumer.written}. */
  leave(): void {
    this.#output.consumers.delete(this);
    this.#output.urgentReaders.delete(this);
    this.#paused = true;
  }

  /** It has looked at its first picture: go on with what follows. */
  settle(): void {
    this.#settled = true;
    this.wakeable.wake();
  }

  /** An answer to write, with what has to precede the media that follows. */
  withInitData(answer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const initData = this.#initData;
    if (this.#paused || initData === undefined) return answer;
    this.#initData = undefined;
    return this.#output.joinCache.withInitData(answer, initData);
  }

  /** The next bytes to write, whole messages; `undefined` while there are none. */
  take(): Uint8Array<ArrayBufferLike> | undefined {
    if (this.#paused) return undefined;
    const { log } = this.#output;
    if (this.#awaitsKeyFrame || this.#position < log.permitted) this.#jump();
    if (this.#initData !== undefined && this.#initData.length > 0) return this.#initData;
    this.#initData = undefined;
    if (this.#awaitsKeyFrame || !this.#settled) return undefined;
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
      this.#initData = undefined;
      return;
    }
    slice.segment.writers--;
    this.#position = slice.to;
    this.#slice = undefined;
  }

  #open(gop: GopStart): void {
    const { joinDelay, joinCache } = this.#output;
    const { bytes, position, hasPicture } = joinCache.from(gop);
    this.#initData = bytes;
    this.#position = position;
    this.#joining = position < this.#output.log.head;
    if (!hasPicture || joinDelay === undefined) return;
    this.#settled = false;
    joinDelay.add(this);
  }

  /**
   * Too far behind: go on at the newest key frame, or wait for one where the stream has pictures. Pictures without
   * their key frame would be broken, but a stream may never have another one: an encoder that refreshes its pictures
   * little by little, or one that does not mark key frames. Sound can go on anywhere.
   */
  #jump(): void {
    const { log, keyFrameWaitMs, newestGop: gop } = this.#output;
    const { newestTime } = log;
    const usable = gop !== undefined && gop.position > this.#position;
    if (!this.#awaitsKeyFrame) {
      this.#jumps++;
      if (log.isBytesBehind(this.#position)) this.#byteJumps++;
      this.#skippedFromMs = log.permittedTime;
      this.#awaitsSinceMs = newestTime;
    }
    // The stream's clock may have been set back.
    this.#awaitsSinceMs = Math.min(this.#awaitsSinceMs, newestTime);
    const waits = newestTime - this.#awaitsSinceMs < keyFrameWaitMs;
    this.#awaitsKeyFrame = !usable && waits && this.#output.hasPictures;
    if (this.#awaitsKeyFrame) return;
    this.#droppedMs += Math.max(0, (usable ? gop.time : newestTime) - this.#skippedFromMs);
    if (usable) {
      if (gop.lastHeaderPosition >= this.#position) {
        this.#initData = this.#output.joinCache.initData(gop.headers, gop.time);
      }
      this.#position = gop.position;
      return;
    }
    this.#keylessJumps++;
    this.#initData = this.#output.joinCache.initData(this.#output.headers, newestTime);
    this.#position = log.head;
  }
}
