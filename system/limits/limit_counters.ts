/**
 * Every limit that a client ran into: counted for the API, and logged with the client, at most one line a second for
 * each limit, however many clients run into it.
 *
 * @module
 */
import { LIMIT_NAMES, type LimitHit, type LimitLine, type LimitName, type Log } from "../../core/mod.ts";

/** A line about the same limit is not written more often, milliseconds. */
const LOG_EVERY_MS = 1000;
const LIMIT_REACHED: LimitLine = { message: "Limit reached" };

/** Cells of {@link LimitCounters}: a count for each limit, then the time of its last line. */
export const LIMIT_CELLS = 2 * LIMIT_NAMES.length;

interface Account {
  line: LimitLine;
  /** Hits since the last line. */
  unlogged: number;
  last: LimitHit | undefined;
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
   * @param now Monotonic milliseconds, the same in all threads that share the cells.
   * @param cells {@link LIMIT_CELLS}; threads that share them count together and share the lines of a second.
   */
  constructor(
    log: Log,
    now: () => number,
    cells: Int32Array<ArrayBufferLike> = new Int32Array(LIMIT_CELLS),
  ) {
    this.#log = log;
    this.#now = now;
    this.#cells = cells;
  }

  /** A client ran into a limit. */
  hit(limit: LimitName, hit: LimitHit, line: LimitLine = LIMIT_REACHED): void {
    this.count(limit, 1);
    let account = this.#accounts.get(limit);
    if (account === undefined) {
      account = { line, unlogged: 0, last: undefined };
      this.#accounts.set(limit, account);
    }
    account.line = line;
    account.unlogged++;
    account.last = hit;
    this.#writeLine(limit, account);
  }

  /** The same without a line, for what is logged elsewhere. */
  count(limit: LimitName, times: number): void {
    Atomics.add(this.#cells, LIMIT_NAMES.indexOf(limit), times);
  }

  /** Write the lines that had to wait; called about once a second. */
  sweep(): void {
    for (const [limit, account] of this.#accounts) this.#writeLine(limit, account);
  }

  /** Hits of every limit since the start. */
  counts(): Readonly<Record<LimitName, number>> {
    const entries = LIMIT_NAMES.map((limit, cell) => [limit, Atomics.load(this.#cells, cell)]);
    // Its keys are all of LIMIT_NAMES and nothing else.
    return Object.fromEntries(entries) as Record<LimitName, number>;
  }

  #writeLine(limit: LimitName, account: Account): void {
    const { last, unlogged, line: { message, level = "warn" } } = account;
    if (last === undefined || !this.#takeSecond(limit)) return;
    account.unlogged = 0;
    account.last = undefined;
    const { clientId, ip, detail } = last;
    const times = unlogged > 1 ? unlogged : undefined;
    this.#log.write(level, clientId, message, { limit, ip, detail, times });
  }

  /** Whether no thread has written a line about `limit` in the last second; then this one does. */
  #takeSecond(limit: LimitName): boolean {
    const cell = LIMIT_NAMES.length + LIMIT_NAMES.indexOf(limit);
    const loggedMs = Atomics.load(this.#cells, cell);
    // 32 bits of the time; 0 is a cell that was never written.
    const nowMs = ((this.#now() + 1) | 0) || 1;
    if (loggedMs !== 0 && (nowMs - loggedMs) >>> 0 < LOG_EVERY_MS) return false;
    return Atomics.compareExchange(this.#cells, cell, loggedMs, nowMs) === loggedMs;
  }
}
