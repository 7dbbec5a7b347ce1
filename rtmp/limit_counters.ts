/**
 * Every limit that a client ran into: counted for the API, and told in the log with whose it was, at most one line a
 * second for each limit, however many run into it.
 *
 * @module
 */
import type { Log } from "./ports.ts";

/** The limits by their keys in the configuration; those of `[limits]` without the section's name. */
export const LIMIT_NAMES = [
  "handshake_timeout",
  "connect_timeout",
  "idle_timeout",
  "ping_timeout",
  "publish.firstpkt_timeout",
  "publish.normal_timeout",
  "play.send_timeout",
  "play.queue_length",
  "max_connections",
  "max_connections_per_ip",
  "max_publishers_per_vhost",
  "max_players_per_vhost",
  "max_players_per_stream",
  "max_commands_per_second",
  "max_starts_per_minute",
  "max_media_message",
  "max_command_message",
  "max_chunk_streams",
  "max_partial_bytes",
  "min_chunk_size",
  "max_amf_depth",
  "max_amf_nodes",
  "max_amf_string",
  "max_aggregate_messages",
  "max_held_bytes",
  "max_reply_bytes",
  "max_wrong_keys",
] as const;

/** One of {@link LIMIT_NAMES}. */
export type LimitName = typeof LIMIT_NAMES[number];

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
