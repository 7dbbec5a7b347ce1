/**
 * What is kept of what was listed: a segment as long as the list says, a part of its own until it is out of the list, and
 * then as a range of its segment.
 *
 * @module
 */
import type { MediaName } from "./media_names.ts";
import type { ListedSegment, PlaylistTerms } from "./playlist_model.ts";
import type { PartRange } from "./segment_bytes.ts";

/** Parts are kept until their segment is further from the end than this many target durations: one more than listed. */
const PART_TARGETS = 4;

/** A whole segment that is kept. */
interface Kept {
  readonly sequence: number;
  readonly durationMs: number;
  readonly initNumber: number | undefined;
  parts: readonly PartRange[];
}

/** Remembers names until they may be forgotten. */
export class Retention {
  readonly #partsMs: number;
  #kept: Kept[] = [];
  #inits = new Set<number>();

  /** Nothing kept yet. */
  constructor({ targetDurationS }: PlaylistTerms) {
    this.#partsMs = PART_TARGETS * targetDurationS * 1000;
  }

  /**
   * A segment is whole.
   *
   * @param gone Segments that need not be kept any longer.
   * @returns All names that need not.
   */
  add(segment: ListedSegment, parts: readonly PartRange[], gone: readonly ListedSegment[]): MediaName[] {
    const { sequence, durationMs, initNumber } = segment;
    this.#kept.push({ sequence, durationMs, initNumber, parts });
    if (initNumber !== undefined) this.#inits.add(initNumber);
    const dropped = this.#oldParts();
    const left = new Set(gone.map(({ sequence }) => sequence));
    this.#kept = this.#kept.filter(({ sequence }) => !left.has(sequence));
    for (const number of left) dropped.push({ kind: "segment", number });
    return [...dropped, ...this.#unusedInits()];
  }

  #oldParts(): MediaName[] {
    const names: MediaName[] = [];
    let distanceMs = 0;
    for (const kept of this.#kept.toReversed()) {
      if (distanceMs > this.#partsMs && kept.parts.length > 0) {
        for (const { number } of kept.parts) names.push({ kind: "part", number });
        kept.parts = [];
      }
      distanceMs += kept.durationMs;
    }
    return names;
  }

  #unusedInits(): MediaName[] {
    const used = new Set(this.#kept.map(({ initNumber }) => initNumber));
    const unused = [...this.#inits].filter((number) => !used.has(number));
    for (const number of unused) this.#inits.delete(number);
    return unused.map((number) => ({ kind: "init", number }));
  }
}
