/**
 * How long to wait before an origin is tried again. Pure.
 *
 * @module
 */

/** Before the first tries, milliseconds: players are there, and wait. */
const FIRST_MS = [100, 200, 400] as const;
const NEXT_MS = 500;
/** After this long an absence is a longer one, milliseconds. */
const LONG_AFTER_MS = 30_000;
const LONG_MS = 2000;
/** Media for this long, and the next absence is a new one, milliseconds. */
const RESET_AFTER_MS = 10_000;
/** Edges that lost the same origin do not return at the same moment. */
const JITTER = 0.2;

/** The waits of one pull. */
export class RetryDelays {
  readonly #chance: () => number;
  #tries = 0;
  #sinceMs: number | undefined;

  /** @param chance From 0 to 1. */
  constructor(chance: () => number) {
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
    const isLong = nowMs - this.#sinceMs > LONG_AFTER_MS;
    const delayMs = isLong ? LONG_MS : FIRST_MS[this.#tries] ?? NEXT_MS;
    this.#tries++;
    return delayMs * (1 - JITTER * this.#chance());
  }
}
