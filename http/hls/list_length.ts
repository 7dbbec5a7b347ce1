/**
 * How long a list of segments is, in time and in number.
 *
 * @module
 */

/** A list keeps at least this many target durations (RFC 8216bis §6.2.2). */
const MIN_WINDOW_TARGETS = 3;
/** Segments that any list may have. */
const LEAST_SEGMENTS = 60;
/** Besides, so many times what the window needs: publishes that end early have shorter ones. */
const SPARE = 2;

/** What a list should be. */
export interface ListLengthOptions {
  /** How long it should last, milliseconds. */
  readonly windowMs: number;
  /** What a segment should last, milliseconds. */
  readonly fragmentMs: number;
}

/** What a list may be. */
export interface ListLength {
  /** How long it lasts, milliseconds. */
  readonly windowMs: number;
  /** However short they are: a publisher can make segments of one millisecond. */
  readonly maxSegments: number;
}

/**
 * What a list may be.
 *
 * @param targetS EXT-X-TARGETDURATION, seconds.
 */
export function listLength({ windowMs, fragmentMs }: ListLengthOptions, targetS: number): ListLength {
  const leastMs = Math.max(windowMs, MIN_WINDOW_TARGETS * targetS * 1000);
  return {
    windowMs: leastMs,
    maxSegments: Math.max(LEAST_SEGMENTS, Math.ceil(SPARE * leastMs / fragmentMs)),
  };
}
