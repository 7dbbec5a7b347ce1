/**
 * Statistics of a publish for the log: a line at intervals, and warnings of what players will suffer from. Per message
 * some integers change; everything else happens about once a second. Pure.
 *
 * @module
 */
import type { Source } from "../../live/mod.ts";
import type { LogFields, LogLevel } from "../../../core/mod.ts";
import { MediaKind, type MediaMessage } from "../../media/mod.ts";

/** A step forward beyond it within audio or video is a gap, milliseconds. */
const GAP_MS = 1000;
/** A step back beyond it within audio or video is counted, milliseconds. */
const STEP_BACK_MS = 250;
/** Players wait up to a whole GOP: a longer one is worth a warning, milliseconds. */
const LONG_GOP_MS = 10_000;
/** The bitrate is judged over it, milliseconds. */
const WINDOW_MS = 10_000;
/** Frames without a sequence header that are not an accident. */
const HEADERLESS_FRAMES = 10;
/** Codecs that no decoder starts without a sequence header. */
const WITH_HEADER: ReadonlySet<string> = new Set(["H264", "HEVC", "AV1", "AAC"]);

const NO_TIME = -1;
const KEY_FRAME = 1;
const AVC = 7;
const HEVC = 12;

/** A line to be logged. */
export interface StatsLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** What is read of a source. */
export type WatchedSource = Pick<Source, "facts" | "headers" | "playerCount" | "threadCount">;

/** Counts one publish. */
export class PublishStats {
  /** Audio and video, bytes. */
  mediaBytes = 0;
  audioMessages = 0;
  videoMessages = 0;
  readonly #intervalMs: number;
  #reportedMs = 0;
  #reportedBytes = 0;
  #reportedFrames = 0;
  #frames = 0;
  #videoTime = NO_TIME;
  #audioTime = NO_TIME;
  #keyFrameTime = NO_TIME;
  #gopMs = 0;
  #gaps = 0;
  #steps = 0;
  #samples: { readonly atMs: number; readonly bytes: number }[] = [];
  #isLow = false;
  readonly #warned = new Set<string>();

  /** @param intervalMs Between two lines; 0 for none, and no warnings. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Media came: it was more than a request. */
  get hasMedia(): boolean {
    return this.audioMessages + this.videoMessages > 0;
  }

  /** The publish was accepted at `nowMs`. */
  begin(nowMs: number): void {
    this.#reportedMs = nowMs;
    this.#samples = [{ atMs: nowMs, bytes: 0 }];
  }

  /** Count an audio or video message that is not empty. */
  take({ typeId, timestamp, payload }: MediaMessage): void {
    this.mediaBytes += payload.length;
    if (typeId === MediaKind.Video) {
      this.videoMessages++;
      this.#takeVideo(payload, timestamp);
    } else {
      this.audioMessages++;
      this.#countStep(this.#audioTime, timestamp);
      this.#audioTime = timestamp;
    }
  }

  /** The lines to log; called about once a second. */
  look(nowMs: number, source: WatchedSource): readonly StatsLine[] {
    if (this.#intervalMs === 0) return [];
    const lines = this.#warnings(nowMs, source);
    if (nowMs - this.#reportedMs >= this.#intervalMs) lines.push(this.#report(nowMs, source));
    return lines;
  }

  #takeVideo(payload: Uint8Array, timestamp: number): void {
    const first = payload[0] ?? 0;
    const isEnhanced = first >= 0x80;
    const codec = first & 0b1111;
    const packetType = isEnhanced ? codec : codec === AVC || codec === HEVC ? payload[1] : undefined;
    // A sequence header has no picture.
    if (packetType === 0) return;
    // Slices and tracks of one time are one frame.
    if (timestamp !== this.#videoTime) this.#frames++;
    this.#countStep(this.#videoTime, timestamp);
    if (((first >> 4) & 0b111) === KEY_FRAME && timestamp !== this.#keyFrameTime) {
      if (this.#keyFrameTime !== NO_TIME) this.#gopMs = since(this.#keyFrameTime, timestamp);
      this.#keyFrameTime = timestamp;
    } else if (this.#keyFrameTime === NO_TIME) {
      // A stream without key frames: its first GOP begins with its first picture.
      this.#keyFrameTime = timestamp;
    }
    this.#videoTime = timestamp;
  }

  #countStep(last: number, timestamp: number): void {
    if (last === NO_TIME) return;
    const step = since(last, timestamp);
    if (step > GAP_MS) this.#gaps++;
    else if (step < -STEP_BACK_MS) this.#steps++;
  }

  #report(nowMs: number, { playerCount, threadCount }: WatchedSource): StatsLine {
    const ms = nowMs - this.#reportedMs;
    const fields = {
      kbps: Math.round((this.mediaBytes - this.#reportedBytes) * 8 / ms),
      fps: Math.round((this.#frames - this.#reportedFrames) * 10_000 / ms) / 10,
      key_frame_ms: this.#gopMs === 0 ? undefined : this.#gopMs,
      players: playerCount,
      threads: threadCount === 0 ? undefined : threadCount,
      gaps: this.#gaps,
      steps: this.#steps,
    };
    this.#reportedMs = nowMs;
    this.#reportedBytes = this.mediaBytes;
    this.#reportedFrames = this.#frames;
    this.#gaps = this.#steps = 0;
    return { level: "trace", message: "Publish stats", fields };
  }

  #warnings(nowMs: number, { facts, headers }: WatchedSource): StatsLine[] {
    const lines: StatsLine[] = [];
    const warn = (message: string, fields: LogFields): void => {
      if (this.#warned.has(message)) return;
      this.#warned.add(message);
      lines.push({ level: "warn", message, fields });
    };
    const has = (typeId: number): boolean => headers.list.some((header) => header.typeId === typeId);
    const { videoCodec: video, audioCodec: audio } = facts;
    if (WITH_HEADER.has(video) && this.#frames >= HEADERLESS_FRAMES && !has(MediaKind.Video)) {
      warn("Video without a sequence header: players show nothing", { codec: video });
    }
    if (WITH_HEADER.has(audio) && this.audioMessages >= HEADERLESS_FRAMES && !has(MediaKind.Audio)) {
      warn("Audio without a sequence header: players are silent", { codec: audio });
    }
    const gopMs = this.#videoTime === NO_TIME ? 0 : since(this.#keyFrameTime, this.#videoTime);
    if (Math.max(gopMs, this.#gopMs) > LONG_GOP_MS) {
      warn("GOP longer than 10 s: players that join wait for it, or start late", {
        key_frame_ms: Math.max(gopMs, this.#gopMs),
      });
    }
    const low = this.#lowBitrate(nowMs);
    if (low !== undefined) lines.push(low);
    return lines;
  }

  /** Once for each time that it falls. */
  #lowBitrate(nowMs: number): StatsLine | undefined {
    const samples = this.#samples;
    const bytes = this.mediaBytes;
    samples.push({ atMs: nowMs, bytes });
    const [begin, ...rest] = samples;
    const at = rest.findLastIndex(({ atMs }) => nowMs - atMs >= WINDOW_MS);
    const start = rest[at];
    if (begin === undefined || start === undefined || start.atMs - begin.atMs < WINDOW_MS) return undefined;
    this.#samples = [begin, ...rest.slice(at)];
    const kbps = (bytes - start.bytes) * 8 / (nowMs - start.atMs);
    const averageKbps = start.bytes * 8 / (start.atMs - begin.atMs);
    const wasLow = this.#isLow;
    this.#isLow = kbps < averageKbps / (wasLow ? 2 : 10);
    if (!this.#isLow || wasLow) return undefined;
    const fields = { kbps: Math.round(kbps), average_kbps: Math.round(averageKbps) };
    return { level: "warn", message: "Bitrate below a tenth of its average", fields };
  }
}

/** Milliseconds between two timestamps of 32 bits, which may have wrapped between them. */
function since(from: number, to: number): number {
  return (to - from) | 0;
}
