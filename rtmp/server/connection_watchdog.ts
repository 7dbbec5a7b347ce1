/**
 * The deadlines of one connection: its steps up to a stream, its pings, and how often it may request a stream. Pure.
 *
 * @module
 */
import { ConnectDeadlines, type MissedDeadline } from "./connect_deadlines.ts";
import { KeepAlive, type Signs } from "./keep_alive.ts";
import type { ConnectionLimits } from "../options.ts";
import { StartRate } from "./start_rate.ts";

/** What a connection shows at a check. */
export interface ConnectionSigns extends Signs {
  /** There is a publish or a play. */
  readonly busy: boolean;
  /** Its `connect` was accepted. */
  readonly connected: boolean;
}

/** Watches one connection. */
export class ConnectionWatchdog {
  readonly deadlines: ConnectDeadlines;
  readonly keepAlive: KeepAlive;
  readonly #limits: ConnectionLimits;
  readonly #starts: StartRate;

  /** @param nowMs When the connection was accepted. */
  constructor(limits: ConnectionLimits, nowMs: number) {
    this.deadlines = new ConnectDeadlines(limits, nowMs);
    this.keepAlive = new KeepAlive(limits);
    this.#limits = limits;
    this.#starts = new StartRate(limits.maxStartsPerMinute, nowMs);
  }

  /** Check all deadlines; called about once a second. Returns the one that was missed, or that a ping is due. */
  check(nowMs: number, signs: ConnectionSigns): MissedDeadline | "ping" | undefined {
    const missed = this.deadlines.check(nowMs, signs);
    if (missed !== undefined) return missed;
    if (!signs.connected && !signs.unread && !this.keepAlive.isRelay) return undefined;
    const step = this.keepAlive.check(nowMs, signs);
    if (step !== "end") return step === "ping" ? step : undefined;
    const description = `No sign of life within ${this.#limits.pingTimeoutMs} ms after a ping`;
    return { limit: "ping_timeout", reason: "timeout", description };
  }

  /** A stream is requested: why it may not start, `undefined` when it may. */
  checkStart(nowMs: number): MissedDeadline | undefined {
    // Otherwise a client that keeps requesting would never hit the idle timeout: it is busy at every check.
    const missed = this.deadlines.check(nowMs, { busy: false });
    if (missed !== undefined) return missed;
    const description = this.#starts.take(nowMs);
    return description === undefined
      ? undefined
      : { limit: "max_starts_per_minute", reason: "limit", description };
  }
}
