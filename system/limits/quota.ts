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
export class QuotaLease {
  readonly #leases: readonly CounterLease[];

  /** Of units that are counted already. */
  constructor(leases: readonly CounterLease[]) {
    this.#leases = leases;
  }

  /** Count the client no longer; may be called again. */
  release(): void {
    for (const lease of this.#leases) lease.release();
  }
}

/**
 * Count a client under each limit, or under none.
 *
 * @param client Whose quota it is, for the log.
 * @returns Its use of them, or the limit that is reached.
 */
export function acquireQuota(
  wanted: readonly QuotaLimit[],
  client: Omit<LimitHit, "detail">,
  { counts, limits }: QuotaCounters,
): QuotaLease | LimitName {
  const leases: CounterLease[] = [];
  const quota = new QuotaLease(leases);
  for (const { limit, name, most } of wanted) {
    // Counted in any case: a reload may set a limit.
    const lease = counts.acquire(`${limit} ${name}`, most === 0 ? Infinity : most);
    if (lease === undefined) {
      limits.hit(limit, { ...client, detail: `${most} already: ${name}` });
      quota.release();
      return limit;
    }
    leases.push(lease);
  }
  return quota;
}
