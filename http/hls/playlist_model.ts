/**
 * What a media playlist lists, as plain data: one thread makes it, all threads show it.
 *
 * @module
 */

/** A part of a segment: some whole frames (RFC 8216bis §4.4.4.9). */
export interface ListedPart {
  /** Counted over all segments, so that the name of the next part is known before it is known which segment it is in. */
  readonly number: number;
  /** As it is listed, milliseconds. */
  readonly durationMs: number;
  /** Has a frame at which a decoder can start. */
  readonly independent: boolean;
}

/** A segment, finished or still growing. */
export interface ListedSegment {
  /** Media sequence number. */
  readonly sequence: number;
  /** Number of its initialization section; `undefined` where the format has none. */
  readonly initNumber: number | undefined;
  /** Does not continue the segment before it. */
  readonly discontinuity: boolean;
  /** Wall clock of its first frame, milliseconds since 1970. */
  readonly dateMs: number;
  /** Of all its frames, milliseconds; grows until it is finished. */
  readonly durationMs: number;
  /** Its parts, in order; empty where they are not listed. */
  readonly parts: readonly ListedPart[];
}

/** What never changes while a playlist exists. */
export interface PlaylistTerms {
  /** EXT-X-TARGETDURATION, seconds. */
  readonly targetDurationS: number;
  /** PART-TARGET, milliseconds; 0 for a playlist without parts. */
  readonly partTargetMs: number;
  /** Whether delta updates are offered. */
  readonly canSkip: boolean;
  /** Of segments and parts, such as `m4s`. */
  readonly extension: string;
  /** In front of each name, for names that are not below the playlist's own folder. */
  readonly prefix: string;
}

/** A playlist at one moment. */
export interface PlaylistState {
  readonly terms: PlaylistTerms;
  /** Discontinuities that have left the list, and those before it. */
  readonly discontinuitySequence: number;
  /** Finished, oldest first; at least one. */
  readonly segments: readonly ListedSegment[];
  /** Growing; `undefined` between publishes, and where parts are not listed. */
  readonly open: ListedSegment | undefined;
  /** Number of the part that comes next. */
  readonly nextPart: number;
}

/** Lists without parts need the version of EXT-X-MAP, delta updates that of EXT-X-SKIP (§8). */
const VERSION_MAP = 6;
const VERSION_SKIP = 9;
/** CAN-SKIP-UNTIL is at least this many target durations (§4.4.3.8). */
const SKIP_TARGETS = 6;
/** Parts are listed for segments that are closer to the end than this many target durations (§4.4.4.9). */
const PART_TARGETS = 3;
/** PART-HOLD-BACK in part targets (§4.4.3.8). */
const HOLD_BACK_PARTS = 3;

/** EXT-X-VERSION. */
export function versionOf({ partTargetMs, canSkip }: PlaylistTerms): number {
  return partTargetMs > 0 || canSkip ? VERSION_SKIP : VERSION_MAP;
}

/** CAN-SKIP-UNTIL, milliseconds. */
export function skipBoundaryMs({ targetDurationS }: PlaylistTerms): number {
  return SKIP_TARGETS * targetDurationS * 1000;
}

/** How far from the end of the list parts are listed, milliseconds. */
export function partsBoundaryMs({ targetDurationS }: PlaylistTerms): number {
  return PART_TARGETS * targetDurationS * 1000;
}

/** PART-HOLD-BACK, milliseconds. */
export function partHoldBackMs({ partTargetMs }: PlaylistTerms): number {
  return HOLD_BACK_PARTS * partTargetMs;
}
