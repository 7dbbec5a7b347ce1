/**
 * How long to wait before another server is tried again. Pure.
 *
 * @module
 */

/** Of an origin, whose edges its players' streams depend on; or of anybody's server, which is left in peace. */
export type RetryCourse = "cluster" | "foreign";

/** Before the first tries, milliseconds: players are there, and wait. */
const FIRST_MS = [100, 200, 400] as const;
const NEXT_MS = 500;
/** After this long an absence is a longer one, milliseconds. */
const LONG_AFTER_MS = 30_000;
const LONG_MS = 2000;
/** The first wait for anybody's server, and the longest, milliseconds; each is twice the one before. */
const FOREIGN_FIRST_MS = 500;
const FOREIGN_MAX_MS = 30_000;
/** Media for this long, and the next absence is a new one, milliseconds. */
const RESET_AFTER_MS = 10_000;
/** Those that lost the same server do not return at the same moment. */
const JITTER = 0.2;

/** The waits of one pull. */
export class RetryDelays {
  readonly #course: RetryCourse;
  readonly #chance: () => number;
  #tries = 0;
  #sinceMs: number | undefined;

  /** @param chance From 0 to 1. */
  constructor(course: RetryCourse, chance: () => number) {
    this.#course = course;
    this.#chance = chance;
  }

  /**
   * An attempt is over.
   *
   * @param mediaMs How long media came.
   * @returns Milliseconds until the next one.
   */
  next(nowMs: number, mediaMs: number): number {
    if (mediaMs >= RESET_AFTER_MS) {
      this.#tries = 0;
      this.#sinceMs = undefined;
    }
    this.#sinceMs ??= nowMs;
    const delayMs = this.#course === "cluster"
      ? this.#clusterMs(nowMs - this.#sinceMs)
      : Math.min(FOREIGN_MAX_MS, FOREIGN_FIRST_MS * 2 ** this.#tries);
    this.#tries++;
    return delayMs * (1 - JITTER * this.#chance());
  }

  #clusterMs(absenceMs: number): number {
    return absenceMs > LONG_AFTER_MS ? LONG_MS : FIRST_MS[this.#tries] ?? NEXT_MS;
  }
}
