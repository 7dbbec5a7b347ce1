/**
 * Frames of an audio track as samples: a running clock of whole frames, because FLV's milliseconds are too coarse for
 * sound. Where the clock and the timestamps differ by more than 60 ms, the timestamps are right. Pure.
 *
 * @module
 */
import type { AudioConfig } from "../codecs/track_config.ts";
import { audioFrameSamples } from "./audio_frame_samples.ts";
import type { Sample } from "./sample.ts";
import type { SampleStore } from "./sample_store.ts";

/** Milliseconds. */
const MAX_DRIFT_MS = 60;

/** Makes samples of one track between two discontinuities. */
export class AudioSampler<D = Uint8Array<ArrayBuffer>> {
  readonly #config: AudioConfig;
  readonly #store: SampleStore<D>;
  readonly #maxDrift: number;
  /** Where the next frame begins if nothing was lost. */
  #next: number | undefined;
  #last = -1;

  /** A sampler before the first frame. */
  constructor(config: AudioConfig, store: SampleStore<D>) {
    this.#config = config;
    this.#store = store;
    this.#maxDrift = MAX_DRIFT_MS * config.timeScale / 1000;
  }

  /**
   * Take a frame.
   *
   * @param timeMs Its timestamp. The caller begins a new sampler where time jumps back.
   */
  add(data: Uint8Array<ArrayBuffer>, timeMs: number): Sample<D> {
    const expected = Math.round(timeMs * this.#config.timeScale / 1000);
    const next = this.#next ?? expected;
    const isRunning = Math.abs(next - expected) <= this.#maxDrift;
    const time = Math.max(this.#last + 1, isRunning ? next : expected);
    const duration = audioFrameSamples(this.#config, data);
    this.#last = time;
    this.#next = time + duration;
    return { data: this.#store.keep("audio", data), time, duration, compositionOffset: 0, keyFrame: true };
  }
}
