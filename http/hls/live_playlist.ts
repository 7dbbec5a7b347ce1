/**
 * The list of a live stream: numbers that never go back, the window, and what stays fetchable after it left. RFC
 * 8216bis §6.2.2.
 *
 * @module
 */
import { listLength, type ListLengthOptions } from "./list_length.ts";
import type { ListedPart, ListedSegment, PlaylistState, PlaylistTerms } from "./playlist_model.ts";

/** Where a list's numbers begin: ahead of all that an earlier process or muxer has used for the same stream. */
export interface FirstNumbers {
  readonly sequence: number;
  readonly part: number;
  readonly discontinuity: number;
}

/** How much a list may hold. */
export interface ListBounds extends ListLengthOptions {
  /** Of its segments; as much again may be kept of those that have left it. */
  readonly maxBytes: number;
}

/** How a segment begins. */
export interface SegmentStart {
  readonly initNumber: number | undefined;
  readonly discontinuity: boolean;
  /** Milliseconds since 1970. */
  readonly dateMs: number;
}

/** A segment that was just listed. */
export interface EndedSegment {
  readonly segment: ListedSegment;
  /** Segments that need not be kept any longer. */
  readonly gone: readonly ListedSegment[];
  /** The list had to become shorter than it should be, for want of room. */
  readonly isOverBytes: boolean;
}

/** A segment that has left the list. */
interface Unlisted {
  readonly segment: ListedSegment;
  /** Stream time of the list since, milliseconds. */
  ageMs: number;
}

/** Adds parts and segments to a list. */
export class LivePlaylist {
  readonly terms: PlaylistTerms;
  readonly #windowMs: number;
  readonly #maxSegments: number;
  readonly #maxBytes: number;
  /** Of each segment that is kept, by its sequence number. */
  readonly #bytes = new Map<number, number>();
  #segments: ListedSegment[] = [];
  #open: ListedSegment | undefined;
  #unlisted: Unlisted[] = [];
  #nextSequence: number;
  #nextPart: number;
  #discontinuitySequence: number;
  /** The longest that the list has been, milliseconds. */
  #longestMs = 0;

  /** An empty list. */
  constructor(terms: PlaylistTerms, bounds: ListBounds, first: FirstNumbers) {
    const { windowMs, maxSegments } = listLength(bounds, terms.targetDurationS);
    this.terms = terms;
    this.#windowMs = windowMs;
    this.#maxSegments = maxSegments;
    this.#maxBytes = bounds.maxBytes;
    this.#nextSequence = first.sequence;
    this.#nextPart = first.part;
    this.#discontinuitySequence = first.discontinuity;
  }

  /** What can be shown; `undefined` before the first whole segment. */
  get state(): PlaylistState | undefined {
    if (this.#segments.length === 0) return undefined;
    return {
      terms: this.terms,
      discontinuitySequence: this.#discontinuitySequence,
      segments: this.#segments,
      open: this.#open,
      nextPart: this.#nextPart,
    };
  }

  /** The numbers that come next: a list that follows this one may begin with them. */
  get next(): FirstNumbers {
    const listed = this.#segments.filter(({ discontinuity }) => discontinuity).length;
    return {
      sequence: this.#nextSequence,
      part: this.#nextPart,
      discontinuity: this.#discontinuitySequence + listed + 1,
    };
  }

  /**
   * A segment begins. After a discontinuity the part that was hinted never comes: players that have requested it would
   * decode it with the initialization section of the segment before.
   */
  begin(start: SegmentStart): void {
    if (start.discontinuity) this.#nextPart++;
    this.#open = { ...start, sequence: this.#nextSequence++, durationMs: 0, parts: [] };
  }

  /**
   * A part of the open segment is there; nothing where none is open.
   *
   * @returns Its number.
   */
  addPart({ durationMs, independent }: Omit<ListedPart, "number">): number {
    const number = this.#nextPart++;
    const open = this.#open;
    if (open !== undefined) {
      const parts = [...open.parts, { number, durationMs, independent }];
      this.#open = { ...open, parts, durationMs: open.durationMs + durationMs };
    }
    return number;
  }

  /** A part that is not listed takes its number. */
  skipPart(): number {
    return this.#nextPart++;
  }

  /**
   * The open segment is whole; `undefined` where none is open.
   *
   * @param durationMs Of its frames.
   * @param bytes Its size.
   */
  end(durationMs: number, bytes: number): EndedSegment | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    this.#open = undefined;
    const segment = { ...open, durationMs };
    this.#segments = [...this.#segments, segment];
    this.#bytes.set(segment.sequence, bytes);
    let listedBytes = this.#segments.reduce((sum, segment) => sum + this.#bytesOf(segment), 0);
    let listedMs = this.#segments.reduce((sum, segment) => sum + segment.durationMs, 0);
    this.#longestMs = Math.max(this.#longestMs, listedMs);
    for (const unlisted of this.#unlisted) unlisted.ageMs += durationMs;
    const isOverBytes = listedBytes > this.#maxBytes;
    for (
      let first = this.#segments[0];
      first !== undefined && first !== segment &&
      (listedMs - first.durationMs >= this.#windowMs || listedBytes > this.#maxBytes ||
        this.#segments.length > this.#maxSegments);
      first = this.#segments[0]
    ) {
      listedMs -= first.durationMs;
      listedBytes -= this.#bytesOf(first);
      if (first.discontinuity) this.#discontinuitySequence++;
      this.#segments = this.#segments.slice(1);
      this.#unlisted.push({ segment: first, ageMs: 0 });
    }
    return { segment, gone: this.#forget(), isOverBytes };
  }

  /** A segment stays for its own duration and that of the longest list that it was in (§6.2.2), if there is room. */
  #forget(): readonly ListedSegment[] {
    let bytes = this.#unlisted.reduce((sum, { segment }) => sum + this.#bytesOf(segment), 0);
    let count = this.#unlisted.length;
    const over: ListedSegment[] = [];
    this.#unlisted = this.#unlisted.filter(({ segment, ageMs }) => {
      const hasRoom = bytes <= this.#maxBytes && count <= this.#maxSegments;
      if (ageMs <= segment.durationMs + this.#longestMs && hasRoom) return true;
      bytes -= this.#bytesOf(segment);
      count--;
      this.#bytes.delete(segment.sequence);
      over.push(segment);
      return false;
    });
    return over;
  }

  #bytesOf({ sequence }: ListedSegment): number {
    return this.#bytes.get(sequence) ?? 0;
  }
}
