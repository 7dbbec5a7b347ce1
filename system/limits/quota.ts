/**
 * What one client uses of the limits on how many there may be of something, released together.
 *
 * @module
 */
import type { CounterLease, SharedCounters } from "./shared_counters.ts";
import type { LimitCounters } from "./limit_counters.ts";
import type { LimitHit, LimitName } from "../../core/mod.ts";

/** A limit on how many there may be of something. */
export interface QuotaLimit {
  /** As the configuration names it. */
  readonly limit: LimitName;
  /** What is counted: those of one name together. */
  readonly name: string;
  /** 0 for any number. */
  readonly most: number;
}

/** What all quotas of a server are counted in. */
export interface QuotaCounters {
  /** How many there are of each name. */
  readonly counts: SharedCounters;
  /** Counts and logs the limits that were reached. */
  readonly limits: LimitCounters;
}

/** One client's use of the limits. */
export class Quota {
  readonly #counters: QuotaCounters;
  readonly #client: Omit<LimitHit, "detail">;
  #leases: CounterLease[] = [];

  /**
   * Nothing acquired yet.
   *
   * @param client Whose quota it is, for the log.
   */
  constructor(counters: QuotaCounters, client: Omit<LimitHit, "detail">) {
    this.#counters = counters;
    this.#client = client;
  }

  /**
   * Count this client under each limit, or under none.
   *
   * @returns The limit that is reached, `undefined` when there was room under each.
   */
  acquire(wanted: readonly QuotaLimit[]): LimitName | undefined {
    const { counts, limits } = this.#counters;
    for (const { limit, name, most } of wanted) {
      // Counted in any case: a reload may set a limit.
      const lease = counts.acquire(`${limit} ${name}`, most === 0 ? Infinity : most);
      if (lease === undefined) {
        limits.hit(limit, { ...this.#client, detail: `${most} already: ${name}` });
        this.release();
        return limit;
      }
      this.#leases.push(lease);
    }
    return undefined;
  }

  /** Count this client no longer; may be called again. */
  release(): void {
    const leases = this.#leases;
    this.#leases = [];
    for (const lease of leases) lease.release();
  }
}
