/**
 * How long a publish or play has lasted and what its connection carried: measured once at its end, so that the log and
 * the hooks say the same.
 *
 * @module
 */
import type { ByteCounters, Ending, EndReason, LimitName, LogFields } from "../../core/mod.ts";
import type { RefusedPeer } from "./refusal.ts";

/** Whose account it is. */
export interface AccountPeer {
  /** Has the monotonic clock, milliseconds. */
  readonly house: { readonly environment: { now(): number } };
  /** Bytes of its connection so far. */
  counters(): ByteCounters;
}

/** An ending with its duration. */
export type MeasuredEnding = Ending & { readonly durationMs: number };

/** From the moment at which the service is asked. */
export class SessionAccount {
  readonly #peer: AccountPeer;
  readonly #fromMs: number;
  readonly #sentBefore: number;

  /** Of a session that begins now. */
  constructor(peer: AccountPeer) {
    this.#peer = peer;
    this.#fromMs = peer.house.environment.now();
    this.#sentBefore = peer.counters().sendBytes;
  }

  /** It ends now. */
  ending(reason: EndReason): MeasuredEnding {
    const durationMs = Math.round(this.#peer.house.environment.now() - this.#fromMs);
    const { sendBytes, recvBytes } = this.#peer.counters();
    return { reason, durationMs, sendBytes, recvBytes };
  }

  /** What was sent since it began, on average, kbit/s. */
  sentKbps({ sendBytes, durationMs }: MeasuredEnding): number {
    return averageKbps(sendBytes - this.#sentBefore, durationMs);
  }
}

/** An ending as the log has it. */
export function endingFields({ reason, durationMs, sendBytes, recvBytes }: MeasuredEnding): LogFields {
  return { reason, duration_ms: durationMs, send_bytes: sendBytes, recv_bytes: recvBytes };
}

/** Bits in a time, kbit/s; 0 where no time has passed. */
export function averageKbps(bytes: number, durationMs: number): number {
  return durationMs > 0 ? Math.round(bytes * 8 / durationMs) : 0;
}

/** How a connection ends. */
export interface EndOptions {
  /** Another line has told of it. */
  readonly quiet?: boolean | undefined;
  /** It ran into this limit. */
  readonly limit?: LimitName | undefined;
}

/** Write the line of a connection that ends. */
export function logConnectionEnd(
  peer: RefusedPeer,
  ending: MeasuredEnding,
  { url, limit, description, quiet = false }: EndOptions & {
    readonly url: string | undefined;
    readonly description: string;
  },
): void {
  peer.log(quiet || ending.reason === "client" ? "info" : "trace", "connection ended", {
    url,
    ip: peer.ip,
    ...endingFields(ending),
    limit,
    description,
  });
}
