/**
 * Where a decoder can start in the running publish, and how long ago that was. Pure.
 *
 * @module
 */
import type { GopStart } from "./openings.ts";
import type { Header, StreamHeaders } from "./stream_headers.ts";

/** Enhanced RTMP v2 has one byte for it. */
const MAX_TRACK_ID = 255;

/** What one thread has to say to another about the GOPs of a stream; plain data. */
export interface GopState {
  /** Messages since the newest key frame. */
  readonly messagesInGop: number;
  /** The newest key frame, `undefined` where there is none. Positions are less the origin of the batch. */
  readonly start: {
    readonly position: number;
    readonly time: number;
    readonly headers: readonly Header[];
    readonly lastHeaderPosition: number;
  } | undefined;
  /** Time of the newest picture, milliseconds; `undefined` where the publish has had none. */
  readonly pictureTime: number | undefined;
}

/** The GOPs of one publish after another. */
export class GopTracker {
  #start: GopStart | undefined;
  #messagesInGop = 0;
  #pictureTime: number | undefined;
  /** Whose key frames begin GOPs: the lowest track that had one, for the tracks of a stream start together. */
  #trackId = MAX_TRACK_ID;

  /** The newest key frame of the running publish, whether or not the log still has it. */
  get start(): GopStart | undefined {
    return this.#start;
  }

  /** Messages since then. */
  get messagesInGop(): number {
    return this.#messagesInGop;
  }

  /** Of the newest picture of the running publish, milliseconds; `undefined` before the first. */
  get pictureTime(): number | undefined {
    return this.#pictureTime;
  }

  /** A new publish begins. */
  restart(): void {
    this.#start = undefined;
    this.#pictureTime = undefined;
    this.#trackId = MAX_TRACK_ID;
  }

  /** The publish is over: nobody starts in it any more. */
  end(): void {
    this.#start = undefined;
  }

  /** A message was added to the log. */
  count(): void {
    this.#messagesInGop++;
  }

  /** A picture of this time comes next, milliseconds. */
  picture(time: number): void {
    this.#pictureTime = time;
  }

  /** A key frame of this track comes next, at `point`. */
  keyFrame(trackId: number, point: GopStart): void {
    if (trackId > this.#trackId) return;
    this.#trackId = trackId;
    this.#start = point;
    this.#messagesInGop = 0;
  }

  /**
   * For another thread.
   *
   * @param start The newest point from which the log permits to read.
   * @param origin Subtracted from positions.
   */
  state(start: GopStart | undefined, origin: number): GopState {
    return {
      messagesInGop: this.#messagesInGop,
      start: start === undefined ? undefined : {
        position: start.position - origin,
        time: start.time,
        headers: start.headers.list,
        lastHeaderPosition: start.lastHeaderPosition - origin,
      },
      pictureTime: this.#pictureTime,
    };
  }

  /**
   * Take over what another thread says.
   *
   * @param origin Added to positions.
   * @param followed Where the stream that is followed begins in this log, and its headers before it, -1 without any.
   * @param headers In force at the head.
   */
  follow(
    { messagesInGop, start, pictureTime }: GopState,
    origin: number,
    followed: { readonly start: number; readonly lastHeaderPosition: number },
    headers: StreamHeaders,
  ): void {
    this.#messagesInGop = messagesInGop;
    this.#pictureTime = pictureTime;
    if (start === undefined) return;
    const position = origin + start.position;
    if (this.#start?.position === position || position < followed.start) return;
    this.#start = {
      position,
      time: start.time,
      headers: headers.orFrom(start.headers),
      lastHeaderPosition: Math.max(origin + start.lastHeaderPosition, followed.lastHeaderPosition),
    };
  }
}
