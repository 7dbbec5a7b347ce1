/**
 * The places that one client takes among those that a limit counts, given back together.
 *
 * @module
 */
import type { CountClaim, HashedCounts } from "./shared_counters.ts";
import type { LimitCounters } from "./limit_counters.ts";
import type { LimitHit, LimitName } from "../../core/mod.ts";

/** A limit on how many there may be of something. */
export interface PlaceLimit {
  /** As the configuration names it. */
  readonly limit: LimitName;
  /** What is counted: those of one name together. */
  readonly name: string;
  /** 0 for any number. */
  readonly most: number;
}

/** What all places of a server are counted in. */
export interface PlaceBooks {
  /** How many there are of each name. */
  readonly counts: HashedCounts;
  /** Counts and logs the limits that were reached. */
  readonly limits: LimitCounters;
}

/** One client's places. */
export class Places {
  readonly #books: PlaceBooks;
  readonly #culprit: Omit<LimitHit, "detail">;
  #claims: CountClaim[] = [];

  /**
   * None taken yet.
   *
   * @param culprit Whose places they are, for the log.
   */
  constructor(books: PlaceBooks, culprit: Omit<LimitHit, "detail">) {
    this.#books = books;
    this.#culprit = culprit;
  }

  /**
   * Take a place under each limit, or none at all.
   *
   * @returns The limit that is reached, `undefined` when there was a place under each.
   */
  take(wanted: readonly PlaceLimit[]): LimitName | undefined {
    const { counts, limits } = this.#books;
    for (const { limit, name, most } of wanted) {
      if (most === 0) continue;
      const claim = counts.claim(`${limit} ${name}`, most);
      if (claim === undefined) {
        limits.hit(limit, { ...this.#culprit, detail: `${most} already: ${name}` });
        this.giveBack();
        return limit;
      }
      this.#claims.push(claim);
    }
    return undefined;
  }

  /** All places are free again; may be called again. */
  giveBack(): void {
    const claims = this.#claims;
    this.#claims = [];
    for (const claim of claims) claim.giveBack();
  }
}
