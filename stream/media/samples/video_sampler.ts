/**
 * Frames of a video track as samples, with durations from the next frame. Pure.
 *
 * Some encoders send each slice of a picture in a message of its own: those of one time are one sample.
 *
 * @module
 */
import type { VideoConfig } from "../codecs/track_config.ts";
import type { MediaPacket } from "./media_packet.ts";
import { PictureClock } from "./picture_clock.ts";
import type { Sample } from "./sample.ts";
import { continuesPicture } from "./slices.ts";

/** Duration of a last frame where nothing says it, milliseconds. */
const DEFAULT_FRAME_MS = 40;

/** A picture with more bytes or slices ends, and its next slice is a sample of its own. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
const MAX_SLICES = 1024;

/** What of a track's configuration counts. */
export type SampledVideo = Pick<VideoConfig, "codec" | "frameRate" | "nalUnits">;

/** The frame whose duration is not yet known. */
interface HeldFrame extends Omit<Sample, "data" | "duration"> {
  /** As it was received, milliseconds. */
  readonly timestamp: number;
  readonly slices: Uint8Array<ArrayBuffer>[];
  bytes: number;
}

/** Makes samples of one track between two discontinuities. */
export class VideoSampler {
  readonly #track: SampledVideo;
  #held: HeldFrame | undefined;
  #lastDuration: number;
  readonly #clock = new PictureClock();

  /** A sampler before the first frame. */
  constructor(track: SampledVideo) {
    const { frameRate } = track;
    this.#track = track;
    const frameMs = frameRate === undefined ? DEFAULT_FRAME_MS : Math.round(1000 / frameRate);
    this.#lastDuration = Math.max(1, frameMs);
  }

  /** Whether {@link VideoSampler.flush} would return a sample. */
  get holdsFrame(): boolean {
    return this.#held !== undefined;
  }

  /**
   * Take a frame.
   *
   * @param timeMs Its decode time. The caller begins a new sampler where time jumps back.
   * @returns The frame before, whose duration is known from this one; `undefined` where there is none, and where this is
   * another slice of it.
   */
  add({ data, compositionTime, keyFrame }: MediaPacket, timeMs: number): Sample | undefined {
    if (this.#isSliceOfHeld(data, timeMs)) return undefined;
    const times = this.#clock.place(timeMs, compositionTime);
    const complete = this.#complete(times.time);
    this.#held = { ...times, timestamp: timeMs, keyFrame, slices: [data], bytes: data.length };
    return complete;
  }

  /** The last frame, as long as the one before it; no frame follows. */
  flush(): Sample | undefined {
    const complete = this.#held === undefined
      ? undefined
      : this.#complete(this.#held.time + this.#lastDuration);
    this.#held = undefined;
    return complete;
  }

  #isSliceOfHeld(data: Uint8Array<ArrayBuffer>, timeMs: number): boolean {
    const held = this.#held;
    if (held === undefined || held.timestamp !== timeMs || !continuesPicture(this.#track, data)) return false;
    if (held.bytes + data.length > MAX_PICTURE_BYTES || held.slices.length >= MAX_SLICES) return false;
    held.slices.push(data);
    held.bytes += data.length;
    return true;
  }

  #complete(end: number): Sample | undefined {
    if (this.#held === undefined) return undefined;
    const { slices, bytes, time, compositionOffset, keyFrame } = this.#held;
    this.#lastDuration = end - time;
    return { data: concat(slices, bytes), time, duration: this.#lastDuration, compositionOffset, keyFrame };
  }
}

/** A frame in one piece, which nearly all are, is not copied. */
function concat(slices: readonly Uint8Array<ArrayBuffer>[], bytes: number): Uint8Array<ArrayBuffer> {
  const [first] = slices;
  if (first !== undefined && slices.length === 1) return first;
  const picture = new Uint8Array(bytes);
  let at = 0;
  for (const slice of slices) {
    picture.set(slice, at);
    at += slice.length;
  }
  return picture;
}
