/**
 * Counts and times of the calls to one event's address.
 *
 * @module
 */

/** What came of a call, as the log, the API and the metrics name it: of a request, or of a notification. */
export type CallVerdict = "yes" | "no" | "error" | "delivered" | "retry" | "dead";

/** The names of what an answer to a request means. */
export const REQUEST_VERDICTS = { allow: "yes", deny: "no", error: "error" } as const;

/** What can be seen of an event's address. */
export interface CallStatsSnapshot {
  /** Calls that ended, by an answer or by an error. */
  readonly calls: number;
  /** The same by verdict. */
  readonly verdicts: Readonly<Record<CallVerdict, number>>;
  /** Duration of all of them together, milliseconds. */
  readonly totalMs: number;
  /** Half of the calls since the start took no longer, milliseconds; 0 before the first call. */
  readonly p50Ms: number;
  /** 90 % of them took no longer, milliseconds. */
  readonly p90Ms: number;
  /** 99 % of them took no longer, milliseconds. */
  readonly p99Ms: number;
  /** The last error's text, `""` when there was none. */
  readonly lastError: string;
}

/** Buckets grow by a quarter from 50 us to over 1 h: percentiles are exact to 12 %. */
const FIRST_MS = 0.05;
const GROWTH = 1.25;
const BUCKETS = 84;

/** Counts since the start. */
export class CallStats {
  readonly #verdicts: Record<CallVerdict, number> = {
    yes: 0,
    no: 0,
    error: 0,
    delivered: 0,
    retry: 0,
    dead: 0,
  };
  readonly #buckets = new Uint32Array(BUCKETS);
  #calls = 0;
  #totalMs = 0;
  #lastError = "";

  /** Count a call that took `ms`. */
  count(verdict: CallVerdict, ms: number, error = ""): void {
    this.#calls++;
    this.#totalMs += ms;
    this.#verdicts[verdict]++;
    if (error !== "") this.#lastError = error;
    const at = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH));
    const bucket = Math.min(at, BUCKETS - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }

  /** Counts as they are now. */
  snapshot(): CallStatsSnapshot {
    return {
      calls: this.#calls,
      totalMs: this.#totalMs,
      verdicts: { ...this.#verdicts },
      p50Ms: this.#percentile(0.5),
      p90Ms: this.#percentile(0.9),
      p99Ms: this.#percentile(0.99),
      lastError: this.#lastError,
    };
  }

  #percentile(part: number): number {
    const wanted = Math.ceil(this.#calls * part);
    let seen = 0;
    for (let i = 0; i < BUCKETS; i++) {
      seen += this.#buckets[i] ?? 0;
      if (wanted > 0 && seen >= wanted) return Math.round(FIRST_MS * GROWTH ** i * 100) / 100;
    }
    return 0;
  }
}
