/**
 * Samples of one track that wait for their fragment, as columns of numbers: an object and a view of memory for each of them
 * would have to be copied and marked by each collection of garbage while the fragment lasts. Pure.
 *
 * @module
 */
import type { Sample } from "../samples/sample.ts";

/** What an array of samples says, less their objects. Their data are elsewhere, one after the other. */
export class SampleRows {
  #length = 0;
  // Columns keep their memory when they are cleared, and may be longer than there are samples.
  readonly #times: number[] = [];
  readonly #sizes: number[] = [];
  readonly #compositionOffsets: number[] = [];
  readonly #keyFrames: boolean[] = [];
  #lastDuration = 0;
  #bytes = 0;

  /** How many samples. */
  get length(): number {
    return this.#length;
  }

  /** Of the data of all samples. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Decode time of the first sample; `undefined` where there is none. */
  get startTime(): number | undefined {
    return this.#length === 0 ? undefined : this.#times[0];
  }

  /** Where the last sample ends; `undefined` where there is none. */
  get endTime(): number | undefined {
    return this.#length === 0 ? undefined : this.time(this.#length - 1) + this.#lastDuration;
  }

  /** Presentation time of the first sample less its decode time; 0 where there is none. */
  get firstOffset(): number {
    return this.#length === 0 ? 0 : this.compositionOffset(0);
  }

  /** Add the next sample, of whose data the size is known. */
  push({ data, time, duration, compositionOffset, keyFrame }: Sample<number>): void {
    const i = this.#length++;
    this.#times[i] = time;
    this.#sizes[i] = data;
    this.#compositionOffsets[i] = compositionOffset;
    this.#keyFrames[i] = keyFrame;
    this.#lastDuration = duration;
    this.#bytes += data;
  }

  /** Leave out the samples before a decode time. Returns how many bytes of data they have. */
  dropBefore(time: number): number {
    let count = 0;
    let bytes = 0;
    while (count < this.#length && this.time(count) < time) bytes += this.size(count++);
    if (count === 0) return 0;
    for (const column of [this.#times, this.#sizes, this.#compositionOffsets, this.#keyFrames]) {
      column.splice(0, count);
    }
    this.#length -= count;
    this.#bytes -= bytes;
    return bytes;
  }

  /** Remove all samples, to be used again. */
  clear(): void {
    this.#length = 0;
    this.#bytes = 0;
  }

  /** Decode time of a sample. */
  time(i: number): number {
    return this.#times[i] ?? 0;
  }

  /** Of a sample: until the next one where there is one, for a clock that was corrected leaves a gap. */
  duration(i: number): number {
    return i + 1 === this.#length ? this.#lastDuration : this.time(i + 1) - this.time(i);
  }

  /** Bytes of a sample. */
  size(i: number): number {
    return this.#sizes[i] ?? 0;
  }

  /** Presentation time of a sample less its decode time. */
  compositionOffset(i: number): number {
    return this.#compositionOffsets[i] ?? 0;
  }

  /** Whether a decoder can start at a sample. */
  isKeyFrame(i: number): boolean {
    return this.#keyFrames[i] ?? false;
  }
}
