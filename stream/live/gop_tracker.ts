/**
 * Where in the log of an output a decoder can start, and how long it takes until it can start again: positions and times,
 * no media. Pure.
 *
 * @module
 */
import type { GopStart } from "./join_cache.ts";
import type { Header, StreamHeaders } from "./stream_headers.ts";

/** Enhanced RTMP v2 has one byte for it. */
const MAX_TRACK_ID = 255;
/** Key frames of several tracks that are further apart in time than this do not belong together, milliseconds. */
const MAX_SPREAD_MS = 2000;
/** No key frame is waited for longer than this, milliseconds of stream time. */
const MAX_WAIT_MS = 10_000;

/** What one thread has to say to another about the GOPs of a stream; plain data. */
export interface GopState {
  /** Messages since the start of the newest GOP. */
  readonly messagesInGop: number;
  /** The start of the newest GOP, `undefined` where there is none. Positions are less the origin of the batch. */
  readonly start: {
    readonly position: number;
    readonly time: number;
    readonly headers: readonly Header[];
    readonly lastHeaderPosition: number;
  } | undefined;
  /** Time of the newest picture, milliseconds; `undefined` where the publish has had none. */
  readonly pictureTime: number | undefined;
  /** {@link GopTracker.longestGopMs}. */
  readonly longestGopMs: number;
}

/** The newest key frame of one track. */
interface TrackKeyFrame {
  readonly point: GopStart;
  /** Messages of the publish before it. */
  readonly messagesBefore: number;
  /** Time since the key frame of the same track before it, milliseconds; `Infinity` for the first. */
  readonly gopMs: number;
  /** Nothing of the track came after it. */
  isLatest: boolean;
}

/**
 * The GOPs of one publish after another.
 *
 * The lowest track that has key frames leads: each of its key frames begins a GOP. The GOP starts at the earliest key
 * frame of the group, so that all tracks begin with one. To the group belongs, of each other track, its newest key
 * frame, if it came after the leading track's key frame before this one and is nearer in time than half of either
 * track's GOP, and than two seconds. Key frames of other tracks that come later are in the GOP anyway.
 *
 * Key frames of one track and one time, with nothing of the track between them, are slices of one picture.
 */
export class GopTracker {
  #start: GopStart | undefined;
  #messages = 0;
  #messagesBeforeStart = 0;
  #pictureTime: number | undefined;
  #leadingTrackId = MAX_TRACK_ID;
  /** Of the leading track; 0 before its second key frame. */
  #longestGopMs = 0;
  readonly #keyFrames = new Map<number, TrackKeyFrame>();

  /** The start of the newest GOP of the running publish, whether or not the log still has it. */
  get start(): GopStart | undefined {
    return this.#start;
  }

  /** Messages since then. */
  get messagesInGop(): number {
    return this.#messages - this.#messagesBeforeStart;
  }

  /** Of the newest picture of the running publish, milliseconds; `undefined` before the first. */
  get pictureTime(): number | undefined {
    return this.#pictureTime;
  }

  /**
   * The longest GOP of the running publish, milliseconds. While the first one goes on, its length so far; 0 where no
   * picture was ever marked as a key frame.
   */
  get longestGopMs(): number {
    if (this.#longestGopMs > 0 || this.#start === undefined) return this.#longestGopMs;
    return Math.max(0, (this.#pictureTime ?? 0) - this.#start.time);
  }

  /** How long to wait for a key frame before it is given up, milliseconds of stream time. */
  get keyFrameWaitMs(): number {
    return Math.min(MAX_WAIT_MS, 2 * this.longestGopMs);
  }

  /** A new publish begins. */
  restart(): void {
    this.#start = undefined;
    this.#pictureTime = undefined;
    this.#leadingTrackId = MAX_TRACK_ID;
    this.#longestGopMs = 0;
    this.#keyFrames.clear();
  }

  /** The publish began before this tracker did: its longest GOP so far, milliseconds. */
  seed(longestGopMs: number): void {
    this.#longestGopMs = Math.max(this.#longestGopMs, longestGopMs);
  }

  /** The publish is over: nobody starts in it any more. */
  end(): void {
    this.#start = undefined;
  }

  /** A message was added to the log. */
  count(): void {
    this.#messages++;
  }

  /** A picture that is not a key frame comes next, of this track and time in milliseconds. */
  interFrame(trackId: number, time: number): void {
    this.#pictureTime = time;
    const keyFrame = this.#keyFrames.get(trackId);
    if (keyFrame !== undefined) keyFrame.isLatest = false;
  }

  /** A key frame of this track comes next, at `point`. */
  keyFrame(trackId: number, point: GopStart): void {
    this.#pictureTime = point.time;
    const last = this.#keyFrames.get(trackId);
    if (last !== undefined && last.isLatest && last.point.time === point.time) return;
    const gopMs = last === undefined ? Infinity : Math.max(0, point.time - last.point.time);
    const keyFrame = { point, messagesBefore: this.#messages, gopMs, isLatest: true };
    this.#keyFrames.set(trackId, keyFrame);
    if (trackId > this.#leadingTrackId && !this.#isLeaderOverdue(point.time)) return;
    this.#leadingTrackId = trackId;
    if (last !== undefined) this.#longestGopMs = Math.max(this.#longestGopMs, gopMs);
    const first = this.#firstOfGroup(keyFrame, last?.point.position ?? -1);
    this.#start = first.point;
    this.#messagesBeforeStart = first.messagesBefore;
  }

  /**
   * For another thread.
   *
   * @param start The newest point from which the log permits to read.
   * @param origin Subtracted from positions.
   */
  state(start: GopStart | undefined, origin: number): GopState {
    return {
      messagesInGop: this.messagesInGop,
      start: start === undefined ? undefined : {
        position: start.position - origin,
        time: start.time,
        headers: start.headers.list,
        lastHeaderPosition: start.lastHeaderPosition - origin,
      },
      pictureTime: this.#pictureTime,
      longestGopMs: this.longestGopMs,
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
    { messagesInGop, start, pictureTime, longestGopMs }: GopState,
    origin: number,
    followed: { readonly start: number; readonly lastHeaderPosition: number },
    headers: StreamHeaders,
  ): void {
    this.#messagesBeforeStart = this.#messages - messagesInGop;
    this.#pictureTime = pictureTime;
    this.#longestGopMs = longestGopMs;
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

  /** The leading track has ended, or goes on without key frames: another one that has some leads. */
  #isLeaderOverdue(time: number): boolean {
    const newest = this.#keyFrames.get(this.#leadingTrackId)?.point.time ?? 0;
    return time - newest > Math.max(MAX_WAIT_MS, 2 * this.#longestGopMs);
  }

  /** The earliest key frame that belongs to a GOP of the leading track; the GOP before it began at `after`. */
  #firstOfGroup(leader: TrackKeyFrame, after: number): TrackKeyFrame {
    let first = leader;
    for (const other of this.#keyFrames.values()) {
      const { position, time } = other.point;
      const apartMs = Math.abs(leader.point.time - time);
      const isNear = apartMs < Math.min(leader.gopMs, other.gopMs) / 2 && apartMs <= MAX_SPREAD_MS;
      if (isNear && position > after && position < first.point.position) first = other;
    }
    return first;
  }
}
