/**
 * Bit rates of the segments that are listed, as a multivariant playlist names them. RFC 8216bis §4.4.6.2.
 *
 * @module
 */

interface Sized {
  readonly sequence: number;
  readonly bytes: number;
  readonly durationMs: number;
}

/** Knows the sizes of listed segments. */
export class BitRates {
  #segments: Sized[] = [];

  /** A segment is listed; those before `first` are not any more. */
  add(segment: Sized, first: number): void {
    this.#segments = [...this.#segments, segment].filter(({ sequence }) => sequence >= first);
  }

  /** Highest rate of one segment, bits a second. */
  get peakBps(): number {
    return this.#segments.reduce((peak, segment) => Math.max(peak, rateOf(segment)), 0);
  }

  /** Over all of them, bits a second. */
  get averageBps(): number {
    const sum = this.#segments.reduce((total, { bytes, durationMs }) => ({
      bytes: total.bytes + bytes,
      durationMs: total.durationMs + durationMs,
    }), { bytes: 0, durationMs: 0 });
    return rateOf(sum);
  }
}

function rateOf({ bytes, durationMs }: Omit<Sized, "sequence">): number {
  return durationMs > 0 ? bytes * 8000 / durationMs : 0;
}
