/**
 * How many bytes pass, over the latest seconds. Pure.
 *
 * @module
 */

/** Samples that are kept. */
const MAX_SAMPLES = 11;

/** The bitrate of a count that is looked at about once a second. */
export class ByteRate {
  readonly #samples: { readonly ms: number; readonly bytes: number }[] = [];

  /** The count at a moment. */
  take(ms: number, bytes: number): void {
    this.#samples.push({ ms, bytes });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /** Over the samples that are kept, kbit/s; 0 before there are two. */
  get kbps(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.ms <= first.ms) return 0;
    return Math.round((last.bytes - first.bytes) * 8 / (last.ms - first.ms));
  }
}
