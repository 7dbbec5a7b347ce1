/**
 * The rate of a growing number of bytes over the latest seconds. Pure.
 *
 * @module
 */

/** Bytes at a moment. */
interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Measures one number. */
export class RecentRate {
  readonly #spanMs: number;
  #samples: Sample[] = [];

  /** @param spanMs Over so long it is averaged, milliseconds. */
  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /**
   * Take the number of this moment; called about once a second.
   *
   * @returns kbit/s since the newest sample that is `spanMs` old, or since the first one.
   */
  sample(nowMs: number, bytes: number): number {
    const recent = this.#samples.findLastIndex(({ atMs }) => nowMs - atMs >= this.#spanMs);
    this.#samples = [...this.#samples.slice(Math.max(0, recent)), { atMs: nowMs, bytes }];
    const [first] = this.#samples;
    if (first === undefined || first.atMs >= nowMs) return 0;
    return (bytes - first.bytes) * 8 / (nowMs - first.atMs);
  }
}
