/**
 * The messages of a source's newest GOP, for outputs and taps that begin in the middle of a publish, whatever their
 * format. Where that GOP is in the log of an output says `gop_tracker.ts`, its bytes for a player are those of
 * `join_cache.ts`. Pure.
 *
 * @module
 */
import { MediaKind, type StreamMessage } from "../media/media_message.ts";
import type { MediaTag } from "../media/media_tag.ts";
import { type GopHolder, messagesOfGop, takesWhole } from "./gop_of_output.ts";
import { GopTracker } from "./gop_tracker.ts";
import type { GopStart } from "./join_cache.ts";
import type { LagBounds } from "./lag_index.ts";
import { MessageStore } from "./message_store.ts";
import type { StreamHeaders } from "./stream_headers.ts";

/** Bounds of the cache. */
export interface GopCacheOptions extends LagBounds {
  /** Whether anything is kept. */
  readonly gopCache: boolean;
  /** The GOP is given up above this number of messages, 0 for no bound. */
  readonly gopCacheMaxFrames: number;
}

/** What a new output begins with. */
export interface CachedGop {
  /** In force before the first message. */
  readonly headers: StreamHeaders;
  /** Stream time of the key frame, milliseconds. */
  readonly time: number;
  /** From the key frame on. */
  readonly messages: readonly StreamMessage[];
}

/**
 * Keeps copies, but not while the log of an output has the same messages: then it reads them there. A GOP that no output
 * could hold either, because it lasts longer or is larger than a player may lag, is given up until the next key frame.
 */
export class GopCache {
  readonly #options: GopCacheOptions;
  readonly #gops = new GopTracker();
  readonly #messages = new MessageStore();
  /** Messages of all publishes so far; a GOP's position is its first message's number. */
  #count = 0;
  #start: GopStart | undefined;
  #isGivenUp = false;
  /** Has the newest GOP in its log; nothing is kept here. */
  #holder: GopHolder | undefined;

  /** An empty cache. */
  constructor(options: GopCacheOptions) {
    this.#options = options;
  }

  /** The newest GOP; `undefined` where there is none, or none that is kept. */
  get newest(): CachedGop | undefined {
    if (this.#start === undefined) return undefined;
    const { headers, time } = this.#start;
    const messages = this.#holder === undefined ? this.#messages.share() : this.#heldBy(this.#holder) ?? [];
    return messages.length === 0 ? undefined : { headers, time, messages };
  }

  /** The longest GOP of the publish, milliseconds. */
  get longestGopMs(): number {
    return this.#gops.longestGopMs;
  }

  /** A publish begins, or is over. */
  restart(): void {
    this.#gops.restart();
    this.#start = this.#holder = undefined;
    this.#messages.release();
  }

  /** This output has begun. From now on its log is read, if it has all that is kept here. */
  readFrom(output: GopHolder): void {
    if (!this.#options.gopCache || this.#holder !== undefined || output.format.read === undefined) return;
    const { count } = this.#messages;
    if (count > 0) {
      if (this.#heldBy(output)?.length !== count) return;
      if (!this.#messages.share().every((message) => takesWhole(output, message))) return;
    }
    this.#holder = output;
    this.#messages.release();
  }

  /** This output is about to be dropped: what its log has is kept here again. */
  dropped(output: GopHolder): void {
    if (this.#holder === output) this.#keepAgain(output);
  }

  /** This message is about to be given to the outputs, and to {@link GopCache.add}. */
  expect(message: StreamMessage): void {
    const holder = this.#holder;
    if (holder !== undefined && !takesWhole(holder, message)) this.#keepAgain(holder);
  }

  /**
   * The publish's next message.
   *
   * @param headers In force before it.
   */
  add(message: StreamMessage, tag: MediaTag, headers: StreamHeaders): void {
    const { typeId, time } = message;
    const number = this.#count++;
    if (typeId === MediaKind.Video && !tag.header) {
      if (tag.keyFrame) {
        this.#gops.keyFrame(tag.trackId, { position: number, time, headers, lastHeaderPosition: -1 });
        this.#advance(number);
      } else this.#gops.interFrame(tag.trackId, time);
    }
    this.#gops.count();
    if (!this.#options.gopCache || this.#start === undefined || this.#isGivenUp) return;
    if (this.#holder !== undefined) return;
    this.#messages.add(message);
    if (this.#isTooLong(this.#start, message)) this.#giveUp();
  }

  /** Drop what is before the newest GOP, now that the message of this number is next. */
  #advance(next: number): void {
    const { start } = this.#gops;
    if (start === undefined || start === this.#start) return;
    this.#start = start;
    const kept = next - start.position;
    if (this.#holder === undefined && kept > this.#messages.count) return this.#giveUp();
    this.#isGivenUp = false;
    if (this.#holder !== undefined) return;
    if (kept === 0) this.#messages.clear();
    else this.#messages.keepLast(kept);
  }

  #isTooLong(start: GopStart, { typeId, time }: StreamMessage): boolean {
    const { gopCacheMaxFrames, queueLengthMs, maxLagBytes } = this.#options;
    if (gopCacheMaxFrames > 0 && this.#messages.count > gopCacheMaxFrames) return true;
    if (this.#messages.bytes > maxLagBytes) return true;
    return typeId !== MediaKind.Data && Math.abs(time - start.time) > queueLengthMs;
  }

  /** The messages since the start; `undefined` where this output does not have them. */
  #heldBy(output: GopHolder): readonly StreamMessage[] | undefined {
    const count = this.#start === undefined ? 0 : this.#count - this.#start.position;
    const held = messagesOfGop(output);
    return held.length < count ? undefined : held.slice(held.length - count);
  }

  #keepAgain(holder: GopHolder): void {
    const held = this.#heldBy(holder);
    this.#holder = undefined;
    if (held === undefined) return this.#giveUp();
    for (const message of held) this.#messages.add(message);
  }

  #giveUp(): void {
    this.#isGivenUp = true;
    this.#messages.release();
  }
}
