/**
 * Looks at the beginning of a publish that nobody waits for: how far its key frames are apart decides how long its segments
 * may be, for as long as its playlist exists. Pure.
 *
 * @module
 */
import { MediaKind, type MediaTag, type StreamMessage } from "../../stream/media/mod.ts";

/** The longest that it looks, milliseconds of stream time. */
const MAX_MS = 10_000;
/** A publish without pictures for so long has none, milliseconds. */
const NO_PICTURES_MS = 1500;
/** What it keeps meanwhile. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_MESSAGES = 4000;

/** A message, as a tap gets it. */
export interface KeptMessage {
  readonly message: StreamMessage;
  readonly tag: MediaTag;
}

/** Keeps messages until the distance of two key frames is known. */
export class GopProbe {
  readonly #kept: KeptMessage[] = [];
  readonly #leastMs: number;
  #bytes = 0;
  #firstMs: number | undefined;
  #newestMs = 0;
  #keyMs: number | undefined;
  #longestMs = 0;
  #hasPictures = false;

  /** @param leastMs How long it looks where key frames come sooner, milliseconds: the first may be exceptions. */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** All messages so far. */
  get kept(): readonly KeptMessage[] {
    return this.#kept;
  }

  /** Stream time of the first media, and how much of it has come since, milliseconds; `undefined` before any. */
  get span(): { readonly fromMs: number; readonly durationMs: number } | undefined {
    const fromMs = this.#firstMs;
    return fromMs === undefined ? undefined : { fromMs, durationMs: Math.max(0, this.#newestMs - fromMs) };
  }

  /** The longest distance of key frames so far, milliseconds: up to the newest picture where the next one has not come. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /**
   * Take the next message.
   *
   * @returns Whether enough is known.
   */
  add(message: StreamMessage, tag: MediaTag): boolean {
    this.#kept.push({ message, tag });
    this.#bytes += message.payload.length;
    if (this.#bytes > MAX_BYTES || this.#kept.length > MAX_MESSAGES) return true;
    if (message.typeId === MediaKind.Data || tag.header) return false;
    const { time } = message;
    this.#newestMs = time;
    const seenMs = time - (this.#firstMs ??= time);
    if (message.typeId !== MediaKind.Video) return seenMs > (this.#hasPictures ? MAX_MS : NO_PICTURES_MS);
    this.#hasPictures = true;
    if (this.#keyMs !== undefined) this.#longestMs = Math.max(this.#longestMs, time - this.#keyMs);
    const isNext = tag.keyFrame && this.#keyMs !== undefined;
    if (tag.keyFrame) this.#keyMs = time;
    return (isNext && seenMs >= this.#leastMs) || seenMs > MAX_MS;
  }
}
