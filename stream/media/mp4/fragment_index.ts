/**
 * Where the fragments of a recording are, by which a reader finds a time: an entry for each key frame, of which neighbours
 * become one as a recording grows, so that the index stays as small as its room in the file. ISO/IEC 14496-12 §8.16.3. Pure.
 *
 * @module
 */

/** What one entry of `sidx` says. */
export interface IndexEntry {
  /** Of the fragments. */
  readonly bytes: number;
  /** In units of the track's time scale. */
  readonly duration: number;
}

/** One track in the index. */
export interface IndexedTrack {
  /** As in the init segment. */
  readonly id: number;
  /** Units a second. */
  readonly timeScale: number;
  /** Presentation time of its first sample. */
  readonly earliestTime: number;
  /** In the order of the file, without gaps. */
  readonly entries: readonly IndexEntry[];
}

/** A fragment as it was written. */
export interface IndexedFragment {
  /** `moof` and `mdat`. */
  readonly bytes: number;
  /** It begins with a sample at which a decoder can start. */
  readonly keyFrame: boolean;
  /** Of each track, in order: decode time of its first sample; `undefined` where it has none in this fragment. */
  readonly startTimes: readonly (number | undefined)[];
  /** Of each track: where its last sample ends. */
  readonly endTimes: readonly (number | undefined)[];
}

/** Fragments that a reader starts at together. */
interface Group {
  bytes: number;
  readonly startTimes: (number | undefined)[];
}

/** Tracks of a recording, in order. */
export interface TrackTimes {
  /** Units a second. */
  readonly timeScale: number;
  /** Presentation time of the first sample less its decode time. */
  readonly firstOffset: number;
}

/** The index of one file while it is recorded. */
export class FragmentIndex {
  readonly #maxEntries: number;
  #groups: Group[] = [];
  /** So many key frames share an entry. */
  #keyFramesInGroup = 1;
  #keyFrames = 0;
  readonly #endTimes: (number | undefined)[] = [];

  /**
   * Nothing indexed yet.
   *
   * @param maxEntries An even number.
   */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** The next fragment. */
  add({ bytes, keyFrame, startTimes, endTimes }: IndexedFragment): void {
    endTimes.forEach((time, i) => this.#endTimes[i] = time ?? this.#endTimes[i]);
    const last = this.#groups.at(-1);
    const begins = keyFrame && this.#keyFrames % this.#keyFramesInGroup === 0;
    if (keyFrame) this.#keyFrames++;
    if (last !== undefined && !begins) {
      last.bytes += bytes;
      startTimes.forEach((time, i) => last.startTimes[i] ??= time);
      return;
    }
    if (this.#groups.length >= this.#maxEntries) this.#merge();
    this.#groups.push({ bytes, startTimes: [...startTimes] });
  }

  /** Where the longest track ends, milliseconds. */
  durationMs(tracks: readonly TrackTimes[]): number {
    return tracks.reduce((longest, { timeScale }, i) => {
      return Math.max(longest, (this.#endTimes[i] ?? 0) * 1000 / timeScale);
    }, 0);
  }

  /** The tracks that have samples, with their entries. */
  tracks(tracks: readonly TrackTimes[]): readonly IndexedTrack[] {
    return tracks.flatMap(({ timeScale, firstOffset }, i) => {
      const starts = this.#startsOf(i);
      const first = starts[0];
      if (first === undefined) return [];
      const entries = this.#groups.map(({ bytes }, group) => ({
        bytes,
        duration: (starts[group + 1] ?? first) - (starts[group] ?? first),
      }));
      return [{ id: i + 1, timeScale, earliestTime: first + firstOffset, entries }];
    });
  }

  /** Where each group begins on a track, and where the last one ends; empty where the track has no sample. */
  #startsOf(track: number): readonly number[] {
    const end = this.#endTimes[track];
    if (end === undefined) return [];
    const starts: number[] = [end];
    // A group without a sample of the track has no length on it.
    for (const { startTimes } of this.#groups.toReversed()) {
      starts.push(startTimes[track] ?? starts.at(-1) ?? end);
    }
    return starts.reverse();
  }

  /** Each two neighbours become one. */
  #merge(): void {
    const merged: Group[] = [];
    for (let i = 0; i < this.#groups.length; i += 2) {
      const [first, second] = [this.#groups[i], this.#groups[i + 1]];
      if (first === undefined) continue;
      if (second !== undefined) {
        first.bytes += second.bytes;
        second.startTimes.forEach((time, track) => first.startTimes[track] ??= time);
      }
      merged.push(first);
    }
    this.#groups = merged;
    this.#keyFramesInGroup *= 2;
  }
}
