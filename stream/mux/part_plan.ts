/**
 * How long parts are. PART-TARGET must never change and parts are at least 85 % of it, so it is made of whole frames.
 * RFC 8216bis §4.4.3.7.
 *
 * @module
 */

/** The least that a part is of its target, where nothing excuses it. */
const MIN_SHARE = 0.85;
/** Added to whole frames: FLV's times are whole milliseconds, so frames differ by one. */
const SLACK_MS = 1;
/** What is lost where a duration of frames is computed. */
const ROUNDING_MS = 0.001;

/**
 * PART-TARGET for frames of one duration: as many whole frames as fit into what is wanted, at least one.
 *
 * @returns Whole milliseconds.
 */
export function partTargetMs(wantedMs: number, frameMs: number): number {
  const frames = Math.max(1, Math.floor((wantedMs + ROUNDING_MS) / frameMs));
  return Math.ceil(frames * frameMs - ROUNDING_MS) + SLACK_MS;
}

/** Whether frames of this duration make parts that a target permits. */
export function fitsPartTarget(targetMs: number, frameMs: number): boolean {
  const frames = Math.floor((targetMs + ROUNDING_MS) / frameMs);
  return frames * frameMs >= MIN_SHARE * targetMs;
}

/** Decides where parts end. */
export class PartPlan {
  readonly #targetMs: number;
  readonly #frameMs: number;

  /**
   * A plan for parts of one length.
   *
   * @param targetMs The playlist's PART-TARGET.
   * @param frameMs What frames usually last.
   */
  constructor(targetMs: number, frameMs: number) {
    this.#targetMs = targetMs;
    this.#frameMs = frameMs;
  }

  /** Whether a part of this length has to end before a frame of `nextMs` is added to it. */
  endsBefore(partMs: number, nextMs: number): boolean {
    return partMs >= MIN_SHARE * this.#targetMs && partMs + nextMs > this.#targetMs;
  }

  /** Whether a part of this length has no room for a usual frame. */
  isFull(partMs: number): boolean {
    return this.endsBefore(partMs, this.#frameMs - SLACK_MS / 2);
  }

  /** What is listed for a part. One frame may last longer than a whole part: a picture that came late. */
  listedMs(partMs: number): number {
    return Math.min(partMs, this.#targetMs);
  }
}
