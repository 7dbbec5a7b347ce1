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
import type { SampleStore } from "./sample_store.ts";
import { continuesPicture } from "./slices.ts";

/** Duration of a last frame where nothing says it, milliseconds. */
const DEFAULT_FRAME_MS = 40;

/** A picture with more bytes or slices ends, and its next slice is a sample of its own. */
const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
const MAX_SLICES = 1024;

/** What of a track's configuration counts. */
export type SampledVideo = Pick<VideoConfig, "codec" | "frameRate" | "nalUnits">;

/** The frame whose duration is not yet known. */
interface HeldFrame<D> extends Omit<Sample, "data" | "duration"> {
  /** As it was received, milliseconds. */
  readonly timestamp: number;
  readonly data: D;
  /** All slices, where there are several. */
  slices: D[] | undefined;
  bytes: number;
}

/** Makes samples of one track between two discontinuities. */
export class VideoSampler<D = Uint8Array<ArrayBuffer>> {
  readonly #track: SampledVideo;
  readonly #store: SampleStore<D>;
  #held: HeldFrame<D> | undefined;
  #lastDuration: number;
  readonly #clock = new PictureClock();

  /** A sampler before the first frame. */
  constructor(track: SampledVideo, store: SampleStore<D>) {
    const { frameRate } = track;
    this.#track = track;
    this.#store = store;
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
  add({ data, compositionTime, keyFrame }: MediaPacket, timeMs: number): Sample<D> | undefined {
    if (this.#isSliceOfHeld(data, timeMs)) return undefined;
    const { time, compositionOffset } = this.#clock.place(timeMs, compositionTime);
    const complete = this.#complete(time);
    this.#held = {
      data: this.#store.keep("video", data),
      slices: undefined,
      bytes: data.length,
      timestamp: timeMs,
      time,
      compositionOffset,
      keyFrame,
    };
    return complete;
  }

  /** The last frame, as long as the one before it; no frame follows. */
  flush(): Sample<D> | undefined {
    const complete = this.#held === undefined
      ? undefined
      : this.#complete(this.#held.time + this.#lastDuration);
    this.#held = undefined;
    return complete;
  }

  #isSliceOfHeld(data: Uint8Array<ArrayBuffer>, timeMs: number): boolean {
    const held = this.#held;
    if (held === undefined || held.timestamp !== timeMs || !continuesPicture(this.#track, data)) return false;
    const slices = held.slices ?? [held.data];
    if (held.bytes + data.length > MAX_PICTURE_BYTES || slices.length >= MAX_SLICES) return false;
    slices.push(this.#store.keep("video", data));
    held.slices = slices;
    held.bytes += data.length;
    return true;
  }

  #complete(end: number): Sample<D> | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    const { time, compositionOffset, keyFrame } = held;
    // A frame in one piece, which nearly all are, is not copied.
    const data = held.slices === undefined ? held.data : this.#store.join(held.slices);
    this.#lastDuration = end - time;
    return { data, time, duration: this.#lastDuration, compositionOffset, keyFrame };
  }
}
