/**
 * Times of pictures: decode times that only grow, composition offsets that are never negative. Pure.
 *
 * Some encoders let decode times run with presentation and send negative composition times. Then all decode times
 * move back by the largest of them, so presentation times stay as they are and keep in step with the sound.
 *
 * @module
 */
import type { Sample } from "./sample.ts";

/** A composition time further back is a fault of the encoder and counts as this, milliseconds. */
const MAX_SHIFT_MS = 2_000;

/** When a picture is decoded and shown, milliseconds. */
export type PictureTimes = Pick<Sample, "time" | "compositionOffset">;

/** Times of one track between two discontinuities. */
export class PictureClock {
  #last = -1;
  /** Decode times are earlier by this, milliseconds. */
  #shift = 0;

  /** The times of the next picture in the order of decoding. The caller begins a new clock where time jumps back. */
  place(timeMs: number, compositionMs: number): PictureTimes {
    this.#shift = Math.min(MAX_SHIFT_MS, Math.max(this.#shift, -compositionMs));
    const time = Math.max(this.#last + 1, Math.round(timeMs) - this.#shift);
    this.#last = time;
    return { time, compositionOffset: Math.max(0, Math.round(timeMs) + compositionMs - time) };
  }
}
