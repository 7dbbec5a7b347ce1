/**
 * How long a publish or play has lasted and how many bytes its client had: measured once at its end, so that the log
 * and the hooks have the same figures.
 *
 * @module
 */
import type { ByteCounters, Ending, EndReason, LimitName, LogFields } from "../../core/mod.ts";
import type { LoggedClient } from "./session_client.ts";

/** Whose account it is. */
export interface AccountClient {
  /** Its bytes so far. */
  counters(): ByteCounters;
  /** When it ended, if that is known; absent: now. */
  readonly lastAnsweredMs?: number;
}

/** The monotonic clock, milliseconds. */
export interface AccountClock {
  /** The time. */
  now(): number;
}

/** An ending with its duration. */
export type MeasuredEnding = Ending & { readonly durationMs: number };

/** Measures from the request to the service on. */
export class SessionAccount {
  readonly #client: AccountClient;
  readonly #clock: AccountClock;
  readonly #fromMs: number;
  readonly #sentBefore: number;

  /** Of a session that begins at `nowMs`, by `clock`. */
  constructor(client: AccountClient, clock: AccountClock, nowMs: number = clock.now()) {
    this.#client = client;
    this.#clock = clock;
    this.#fromMs = nowMs;
    this.#sentBefore = client.counters().sendBytes;
  }

  /** It ends now. */
  ending(reason: EndReason): MeasuredEnding {
    const untilMs = this.#client.lastAnsweredMs ?? this.#clock.now();
    const durationMs = Math.max(0, Math.round(untilMs - this.#fromMs));
    const { sendBytes, recvBytes } = this.#client.counters();
    return { reason, durationMs, sendBytes, recvBytes };
  }

  /** What was sent since it began, on average, kbit/s. */
  sentKbps({ sendBytes, durationMs }: MeasuredEnding): number | undefined {
    return averageKbps(sendBytes - this.#sentBefore, durationMs);
  }
}

/** An ending as the log has it. */
export function endingFields({ reason, durationMs, sendBytes, recvBytes }: MeasuredEnding): LogFields {
  return { reason, duration_ms: durationMs, send_bytes: sendBytes, recv_bytes: recvBytes };
}

/** What was sent at once, such as the newest GOP, says nothing of a rate: in less than this, milliseconds. */
const MIN_RATE_MS = 1000;

/** Bits in a time, kbit/s; `undefined` where it was less than a second. */
export function averageKbps(bytes: number, durationMs: number): number | undefined {
  return durationMs < MIN_RATE_MS ? undefined : Math.round(bytes * 8 / durationMs);
}

/** How a connection ends. */
export interface EndOptions {
  /** Another line has reported it. */
  readonly quiet?: boolean | undefined;
  /** It ran into this limit. */
  readonly limit?: LimitName | undefined;
}

/** Write the line of a connection that ends. */
export function logConnectionEnd(
  client: Pick<LoggedClient, "ip" | "log">,
  ending: MeasuredEnding,
  { url, limit, description, quiet = false }: EndOptions & {
    readonly url: string | undefined;
    readonly description: string;
  },
): void {
  client.log(quiet || ending.reason === "client" ? "info" : "trace", "Connection ended", {
    url,
    ip: client.ip,
    ...endingFields(ending),
    limit,
    description,
  });
}
