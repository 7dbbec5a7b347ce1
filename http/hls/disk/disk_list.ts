/**
 * What the playlist of a stream on disk lists, and which files are no longer needed. Pure.
 *
 * @module
 */

import { listLength, type ListLengthOptions } from "../list_length.ts";

/** A segment on disk. */
export interface DiskSegment {
  readonly sequence: number;
  /** Below the directory of all files. */
  readonly path: string;
  /** Of its initialization section; `undefined` where it needs none. */
  readonly initPath: string | undefined;
  readonly durationMs: number;
  /** Wall clock of its first frame, milliseconds since 1970. */
  readonly startMs: number;
  readonly discontinuity: boolean;
  /** Discontinuities of the stream so far, its own included. */
  readonly discontinuities: number;
  readonly targetDurationS: number;
}

interface Unlisted {
  readonly segment: DiskSegment;
  ageMs: number;
}

/** The list of one stream. */
export class DiskList {
  readonly #length: ListLengthOptions;
  #maxSegments = Infinity;
  #segments: readonly DiskSegment[] = [];
  #unlisted: Unlisted[] = [];
  /** The longest that the list has been, milliseconds. */
  #longestMs = 0;

  /** Nothing listed yet. */
  constructor(length: ListLengthOptions) {
    this.#length = length;
  }

  /** What is listed, oldest first. */
  get segments(): readonly DiskSegment[] {
    return this.#segments;
  }

  /** For so long, and its own duration, a segment is needed that has left the list (§6.2.2), milliseconds. */
  get keptMs(): number {
    return Math.max(this.#length.windowMs, this.#longestMs);
  }

  /** A segment is on disk. One that does not follow the last one begins the list again: numbers are not listed. */
  add(segment: DiskSegment): void {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.sequence + 1 !== segment.sequence) this.#unlist(this.#segments.length);
    this.#segments = [...this.#segments, segment];
    const { windowMs, maxSegments } = listLength(this.#length, segment.targetDurationS);
    this.#maxSegments = maxSegments;
    let listedMs = this.#segments.reduce((sum, { durationMs }) => sum + durationMs, 0);
    let count = 0;
    for (const { durationMs } of this.#segments.slice(0, -1)) {
      if (listedMs - durationMs < windowMs && this.#segments.length - count <= maxSegments) break;
      listedMs -= durationMs;
      count++;
    }
    this.#unlist(count);
    this.#longestMs = Math.max(this.#longestMs, listedMs);
  }

  /**
   * So much of the stream has passed, written or not: players take a segment for its own duration, and that of the list,
   * after it has left it (§6.2.2).
   *
   * @returns Paths that are no longer needed.
   */
  pass(durationMs: number): string[] {
    for (const unlisted of this.#unlisted) unlisted.ageMs += durationMs;
    const over = this.#unlisted.length - this.#maxSegments;
    const gone = this.#unlisted.filter(({ segment, ageMs }, i) =>
      i < over || ageMs > segment.durationMs + this.keptMs
    );
    this.#unlisted = this.#unlisted.filter((unlisted) => !gone.includes(unlisted));
    return this.#filesOf(gone.map(({ segment }) => segment));
  }

  /** Nothing is listed any more. @returns All paths. */
  clear(): string[] {
    const all = [...this.#unlisted.map(({ segment }) => segment), ...this.#segments];
    this.#segments = [];
    this.#unlisted = [];
    return this.#filesOf(all);
  }

  #unlist(count: number): void {
    const left = this.#segments.slice(0, count);
    this.#segments = this.#segments.slice(count);
    this.#unlisted.push(...left.map((segment) => ({ segment, ageMs: 0 })));
  }

  /** Their own, and the initialization sections that no other segment needs. */
  #filesOf(gone: readonly DiskSegment[]): string[] {
    const kept = [...this.#segments, ...this.#unlisted.map(({ segment }) => segment)];
    const used = new Set(kept.map(({ initPath }) => initPath));
    const inits = new Set(gone.flatMap(({ initPath }) => initPath ?? []));
    return [...gone.map(({ path }) => path), ...[...inits].filter((path) => !used.has(path))];
  }
}
