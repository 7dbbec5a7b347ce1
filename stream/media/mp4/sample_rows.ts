/**
 * Samples of one track that wait for their fragment, as columns of numbers: an object and a view of memory for each of them
 * would have to be copied and marked by each collection of garbage while the fragment lasts. Pure.
 *
 * @module
 */
import type { Sample } from "../samples/sample.ts";

/** Bytes of samples that follow each other in memory. */
interface Run {
  readonly buffer: ArrayBuffer;
  readonly start: number;
  end: number;
}

/** What an array of samples says, less their objects. Data is not copied before the fragment is written. */
export class SampleRows {
  #length = 0;
  // Columns keep their memory when they are cleared, and may be longer than there are samples.
  #times: number[] = [];
  #sizes: number[] = [];
  #compositionOffsets: number[] = [];
  #keyFrames: boolean[] = [];
  #lastDuration = 0;
  #runs: Run[] = [];
  #newest: Run | undefined;
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

  /** Add the next sample, whose data must not be changed before the fragment is written. */
  push({ data, time, duration, compositionOffset, keyFrame }: Sample): void {
    const { buffer, byteOffset, length } = data;
    const i = this.#length++;
    this.#times[i] = time;
    this.#sizes[i] = length;
    this.#compositionOffsets[i] = compositionOffset;
    this.#keyFrames[i] = keyFrame;
    this.#lastDuration = duration;
    this.#bytes += length;
    const end = byteOffset + length;
    const newest = this.#newest;
    if (newest !== undefined && newest.end === byteOffset && newest.buffer === buffer) newest.end = end;
    else this.#runs.push(this.#newest = { buffer, start: byteOffset, end });
  }

  /** The samples from a decode time on. */
  from(time: number): SampleRows {
    let first = 0;
    let skipped = 0;
    while (first < this.#length && this.time(first) < time) skipped += this.size(first++);
    if (first === 0) return this;
    const rest = new SampleRows();
    rest.#length = this.#length - first;
    rest.#times = this.#times.slice(first, this.#length);
    rest.#sizes = this.#sizes.slice(first, this.#length);
    rest.#compositionOffsets = this.#compositionOffsets.slice(first, this.#length);
    rest.#keyFrames = this.#keyFrames.slice(first, this.#length);
    rest.#lastDuration = this.#lastDuration;
    rest.#bytes = this.#bytes - skipped;
    for (const { buffer, start, end } of this.#runs) {
      const from = Math.min(end, start + skipped);
      skipped -= from - start;
      if (from < end) rest.#runs.push({ buffer, start: from, end });
    }
    return rest;
  }

  /** Remove all samples, to be used again. */
  clear(): void {
    this.#length = 0;
    this.#bytes = 0;
    this.#runs = [];
    this.#newest = undefined;
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

  /** Write the data of all samples, one after the other. */
  writeData(target: Uint8Array<ArrayBufferLike>, offset: number): void {
    let at = offset;
    for (const { buffer, start, end } of this.#runs) {
      target.set(new Uint8Array(buffer, start, end - start), at);
      at += end - start;
    }
  }
}
