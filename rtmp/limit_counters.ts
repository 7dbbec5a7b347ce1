/**
 * Every limit that a client ran into: counted for the API, and told in the log with whose it was, at most one line a
 * second for each limit, however many run into it.
 *
 * @module
 */
import { LIMIT_NAMES, type LimitName } from "./limit_names.ts";
import type { Log } from "./ports.ts";

/** Who ran into a limit, for the log. */
export interface LimitCulprit {
  /** The connection's number, where it has one. */
  readonly clientId?: number;
  /** Its address. */
  readonly ip: string;
  /** What happened, in a few words. */
  readonly detail: string;
}

/** A line about the same limit is not written more often, milliseconds. */
const LOG_EVERY_MS = 1000;

/** The counts in cells that {@link LimitCounters} share. */
export function limitCounts(cells: Int32Array<ArrayBufferLike>): Readonly<Record<LimitName, number>> {
  const entries = LIMIT_NAMES.map((limit, cell) => [limit, Atomics.load(cells, cell)]);
  // Its keys are all of LIMIT_NAMES and nothing else.
  return Object.fromEntries(entries) as Record<LimitName, number>;
}

interface Account {
  loggedMs: number;
  /** Hits since the last line. */
  unlogged: number;
  last: LimitCulprit | undefined;
}

/** Counts hits since the start. */
export class LimitCounters {
  readonly #log: Log;
  readonly #now: () => number;
  readonly #cells: Int32Array<ArrayBufferLike>;
  readonly #accounts = new Map<LimitName, Account>();

  /**
   * All counts begin at zero.
   *
   * @param now Monotonic milliseconds.
   * @param cells One for each of {@link LIMIT_NAMES}; threads that share them count together.
   */
  constructor(
    log: Log,
    now: () => number,
    cells: Int32Array<ArrayBufferLike> = new Int32Array(LIMIT_NAMES.length),
  ) {
    this.#log = log;
    this.#now = now;
    this.#cells = cells;
  }

  /** Somebody ran into a limit. */
  hit(limit: LimitName, culprit: LimitCulprit): void {
    this.count(limit, 1);
    let account = this.#accounts.get(limit);
    if (account === undefined) {
      account = { loggedMs: -LOG_EVERY_MS, unlogged: 0, last: undefined };
      this.#accounts.set(limit, account);
    }
    account.unlogged++;
    account.last = culprit;
    this.#tell(limit, account);
  }

  /** The same without a line, for what the log tells otherwise. */
  count(limit: LimitName, times: number): void {
    Atomics.add(this.#cells, LIMIT_NAMES.indexOf(limit), times);
  }

  /** Write the lines that had to wait; called about once a second. */
  sweep(): void {
    for (const [limit, account] of this.#accounts) this.#tell(limit, account);
  }

  /** Hits of every limit since the start. */
  counts(): Readonly<Record<LimitName, number>> {
    return limitCounts(this.#cells);
  }

  #tell(limit: LimitName, account: Account): void {
    const { last, unlogged } = account;
    const now = this.#now();
    if (last === undefined || now - account.loggedMs < LOG_EVERY_MS) return;
    account.loggedMs = now;
    account.unlogged = 0;
    account.last = undefined;
    const { clientId, ip, detail } = last;
    const times = unlogged > 1 ? unlogged : undefined;
    this.#log.write("warn", clientId, "limit reached", { limit, ip, detail, times });
  }
}
