/**
 * Frames of a video track as samples: decode times that only grow, durations from the next frame, composition offsets that
 * are never negative. Pure.
 *
 * Some encoders let decode times run with presentation and send negative composition times. Then all decode times
 * move back by the largest of them, so presentation times stay as they are and keep in step with the sound.
 *
 * @module
 */
import type { VideoConfig } from "../codecs/track_config.ts";
import type { MediaPacket } from "./media_packet.ts";
import type { Sample } from "./sample.ts";

/** Duration of a last frame where nothing says it, milliseconds. */
const DEFAULT_FRAME_MS = 40;
/** A composition time further back is a fault of the encoder and counts as this, milliseconds. */
const MAX_SHIFT_MS = 2_000;

/** Makes samples of one track between two discontinuities. */
export class VideoSampler {
  #held: Omit<Sample, "duration"> | undefined;
  #lastDuration: number;
  /** Decode times are earlier by this, milliseconds. */
  #shift = 0;

  /** A sampler before the first frame. */
  constructor({ frameRate }: Pick<VideoConfig, "frameRate">) {
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
   * @returns The frame before, whose duration is known from this one.
   */
  add({ data, compositionTime, keyFrame }: MediaPacket, timeMs: number): Sample | undefined {
    this.#shift = Math.min(MAX_SHIFT_MS, Math.max(this.#shift, -compositionTime));
    const earliest = this.#held === undefined ? -Infinity : this.#held.time + 1;
    const time = Math.max(earliest, Math.round(timeMs) - this.#shift, 0);
    const compositionOffset = Math.max(0, Math.round(timeMs) + compositionTime - time);
    const complete = this.#complete(time);
    this.#held = { data, time, compositionOffset, keyFrame };
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

  #complete(end: number): Sample | undefined {
    if (this.#held === undefined) return undefined;
    this.#lastDuration = end - this.#held.time;
    return { ...this.#held, duration: this.#lastDuration };
  }
}
