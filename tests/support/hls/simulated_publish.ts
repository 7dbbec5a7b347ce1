/**
 * A publisher whose frames come from arithmetic: any frame rate, GOP and reordering, on a clock that a test moves.
 *
 * @module
 */
import { Amf0EcmaArray, encodeAmf0 } from "../../../rtmp/wire/mod.ts";
import { MediaKind } from "../../../stream/media/mod.ts";
import type { Source } from "../../../stream/live/mod.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../stream/media.ts";

/** What a publisher sends. */
export interface SimulatedPublish {
  /** 0 for sound alone. */
  readonly fps: number;
  /** Frames from one key frame to the next; a function of the key frame's number where it changes. */
  readonly gop: number | ((number: number) => number);
  /** B-frames between two others: composition times are as an encoder with reordering sends them. */
  readonly reordered?: number;
  readonly audio?: boolean;
  /** Said in metadata; nothing when absent. */
  readonly namedFps?: number;
  /** Milliseconds that a frame is late by. */
  readonly jitter?: (frame: number) => number;
  /** Bytes of a video frame. */
  readonly frameBytes?: number;
  /** Another sequence header. */
  readonly videoHeader?: Uint8Array<ArrayBuffer>;
}

/** Milliseconds of an AAC frame at 44.1 kHz. */
const AAC_MS = 1024 / 44.1;

/** Time that only a test moves. */
export class SimulatedTime {
  /** Monotonic milliseconds. */
  nowMs = 1000;
  /** Wall clock less monotonic time, milliseconds. */
  wallOffsetMs = Date.UTC(2026, 0, 1);

  /** Milliseconds since 1970. */
  wallNow(): number {
    return this.nowMs + this.wallOffsetMs;
  }
}

/** Sends a publish into a source while it moves the time. */
export class SimulatedPublisher {
  readonly #source: Source;
  readonly #time: SimulatedTime;
  readonly #what: SimulatedPublish;
  readonly #startMs: number;
  /** When it began, monotonic milliseconds. */
  readonly #began: number;
  #frame = 0;
  #sound = 0;
  #gopStart = 0;
  #gopNumber = 0;
  #gopFrames = 0;

  /** Begin a publish: headers are sent. */
  constructor(source: Source, time: SimulatedTime, what: SimulatedPublish, startMs = 0) {
    this.#source = source;
    this.#time = time;
    this.#what = what;
    this.#startMs = startMs;
    this.#began = time.nowMs;
    if (what.namedFps !== undefined) {
      const metadata = new Amf0EcmaArray([["framerate", what.namedFps]]);
      this.#send(MediaKind.Data, 0, encodeAmf0(["onMetaData", metadata]));
    }
    if (what.audio !== false) this.#send(MediaKind.Audio, 0, aacSequenceHeader());
    if (what.fps > 0) this.#send(MediaKind.Video, 0, what.videoHeader ?? avcSequenceHeader());
  }

  /** Stream time that has been sent, milliseconds. */
  get timeMs(): number {
    return Math.max(this.#pictureMs(), this.#what.audio === false ? 0 : this.#soundMs());
  }

  /** Send `ms` of stream, in order and at its time. */
  run(ms: number): void {
    const untilMs = Math.min(this.#pictureMs(), this.#soundMs()) + ms;
    for (;;) {
      const picture = this.#pictureMs();
      const sound = this.#soundMs();
      const next = Math.min(picture, sound);
      if (next >= untilMs) return;
      this.#time.nowMs = Math.max(this.#time.nowMs, this.#began + next);
      if (picture <= sound) this.#sendPicture(picture);
      else this.#sendSound(sound);
    }
  }

  #pictureMs(): number {
    const { fps, jitter } = this.#what;
    return fps === 0 ? Infinity : this.#frame * 1000 / fps + (jitter?.(this.#frame) ?? 0);
  }

  #soundMs(): number {
    return this.#what.audio === false ? Infinity : this.#sound * AAC_MS;
  }

  #sendPicture(ms: number): void {
    const { gop, frameBytes = 400 } = this.#what;
    const isKey = this.#frame === this.#gopStart + this.#gopFrames;
    if (isKey) {
      this.#gopStart = this.#frame;
      this.#gopFrames = typeof gop === "number" ? gop : gop(this.#gopNumber);
      this.#gopNumber++;
    }
    const place = this.#frame - this.#gopStart;
    const size = { size: frameBytes };
    const payload = isKey ? avcKeyFrame(size) : avcInterFrame(place % 200 + 1, size);
    const view = new DataView(payload.buffer);
    view.setUint32(1, (payload[1] ?? 0) << 24 | this.#compositionMs(place));
    this.#send(MediaKind.Video, Math.floor(ms), payload);
    this.#frame++;
  }

  /** Of a frame at this place of its GOP, in decoding order. */
  #compositionMs(place: number): number {
    const { reordered = 0, fps } = this.#what;
    if (reordered === 0) return 0;
    const inGroup = (place - 1) % (reordered + 1);
    const frames = place === 0 ? 1 : inGroup === 0 ? reordered + 1 : 0;
    return Math.round(frames * 1000 / fps);
  }

  #sendSound(ms: number): void {
    this.#send(MediaKind.Audio, Math.floor(ms), aacFrame());
    this.#sound++;
  }

  #send(typeId: number, ms: number, payload: Uint8Array<ArrayBuffer>): void {
    this.#source.receive({ typeId, timestamp: this.#startMs + ms, payload }, this.#time.nowMs);
  }
}
