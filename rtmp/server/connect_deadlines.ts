/**
 * How long a connection may take for each step. Bytes put none of these off, only the next step does. Pure.
 *
 * @module
 */
import type { EndReason, LimitName } from "../../core/mod.ts";
import type { ConnectionLimits } from "../options.ts";

/** A deadline that a client missed. */
export interface MissedDeadline {
  readonly limit: LimitName;
  readonly reason: EndReason;
  readonly description: string;
}

/** The deadlines of one connection. */
export class ConnectDeadlines {
  readonly #limits: ConnectionLimits;
  readonly #acceptedMs: number;
  #handshakeMs: number | undefined;
  #connectCame = false;
  #connectedMs: number | undefined;

  /** @param nowMs When it was accepted. */
  constructor(limits: ConnectionLimits, nowMs: number) {
    this.#limits = limits;
    this.#acceptedMs = nowMs;
  }

  /** The handshake is over; later calls do nothing. */
  onHandshake(nowMs: number): void {
    this.#handshakeMs ??= nowMs;
  }

  /** `connect` came: from here on the time limits of the hooks apply. */
  onConnect(): void {
    this.#connectCame = true;
  }

  /** `connect` was accepted, or a stream that was more than a request is over: the idle time starts again. */
  restartIdle(nowMs: number): void {
    this.#connectedMs = nowMs;
  }

  /**
   * Check the deadlines.
   *
   * @param busy Whether there is a publish or a play.
   */
  check(nowMs: number, { busy }: { readonly busy: boolean }): MissedDeadline | undefined {
    const { handshakeTimeoutMs, connectTimeoutMs, idleTimeoutMs } = this.#limits;
    if (this.#connectedMs !== undefined) {
      if (busy || nowMs - this.#connectedMs <= idleTimeoutMs) return undefined;
      const description = `Neither publish nor play within ${idleTimeoutMs} ms`;
      return { limit: "idle_timeout", reason: "idle", description };
    }
    if (this.#connectCame) return undefined;
    if (this.#handshakeMs === undefined) {
      if (nowMs - this.#acceptedMs <= handshakeTimeoutMs) return undefined;
      const description = `No handshake within ${handshakeTimeoutMs} ms`;
      return { limit: "handshake_timeout", reason: "timeout", description };
    }
    if (nowMs - this.#handshakeMs <= connectTimeoutMs) return undefined;
    const description = `No connect within ${connectTimeoutMs} ms`;
    return { limit: "connect_timeout", reason: "timeout", description };
  }
}
