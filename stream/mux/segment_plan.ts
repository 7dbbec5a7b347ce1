/**
 * How long segments are. EXT-X-TARGETDURATION must never change, so it is chosen by the GOPs that a publish has shown;
 * a longer one that comes later is cut without a key frame. RFC 8216bis §4.4.3.1.
 *
 * @module
 */

/** A key frame this close to the wanted duration begins a segment: GOPs are not exact. */
const EARLY_SHARE = 0.9;
/** How far a duration may be above the target, milliseconds: it is rounded to the nearest second. */
const MAX_ABOVE_MS = 490;

/**
 * EXT-X-TARGETDURATION for key frames of one distance.
 *
 * @param wantedMs What a segment should last.
 * @param gopMs The longest distance of two key frames; 0 where it is not known, or where every frame is a key frame.
 * @returns Seconds, at least 1.
 */
export function targetDurationS(wantedMs: number, gopMs: number): number {
  const gops = gopMs > 0 ? Math.max(1, Math.ceil(EARLY_SHARE * wantedMs / gopMs)) : 0;
  return Math.max(1, Math.ceil(wantedMs / 1000), Math.round(gops * gopMs / 1000));
}

/** Where segments end. */
export interface SegmentRules {
  /**
   * Whether a segment of this length ends before a frame at which a decoder can start.
   *
   * @param gopMs Probable distance to the next such frame; 0 where it is not known.
   */
  endsAtKeyFrame(segmentMs: number, gopMs: number): boolean;
  /** Whether a segment of this length has to end, because the next frame, of a usual length, would be too much. */
  isFull(segmentMs: number, frameMs: number): boolean;
  /** Whether a frame cannot be in any segment. */
  isTooLong(frameMs: number): boolean;
}

/** Decides where the segments of a playlist end. */
export class SegmentPlan implements SegmentRules {
  readonly #leastMs: number;
  readonly #maxMs: number;

  /**
   * A plan for one set of tracks.
   *
   * @param targetS The playlist's target duration, seconds.
   * @param frameMs What frames usually last, where a decoder can start at each of them: sound alone. 0 for pictures.
   */
  constructor(wantedMs: number, targetS: number, frameMs: number) {
    this.#leastMs = frameMs > 0 ? wantedMs - frameMs / 2 : EARLY_SHARE * wantedMs;
    this.#maxMs = targetS * 1000 + MAX_ABOVE_MS;
  }

  /**
   * Whether a segment ends before a key frame. A short one does where the next key frame would be too late: else segments
   * that once began between key frames always would.
   */
  endsAtKeyFrame(segmentMs: number, gopMs: number): boolean {
    return segmentMs >= this.#leastMs || segmentMs + gopMs > this.#maxMs;
  }

  /** Whether it has to end before the next frame. */
  isFull(segmentMs: number, frameMs: number): boolean {
    return segmentMs + frameMs > this.#maxMs;
  }

  /** Whether a frame is longer than any segment. */
  isTooLong(frameMs: number): boolean {
    return frameMs > this.#maxMs;
  }
}
