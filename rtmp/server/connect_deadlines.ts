/**
 * How long a connection may take to get on. Bytes put none of these off, only getting on does. Pure.
 *
 * @module
 */
import type { EndReason, LimitName } from "../../core/mod.ts";
import type { ConnectionLimits } from "../options.ts";

/** What a client ran into. */
export interface Exceeded {
  readonly limit: LimitName;
  readonly reason: EndReason;
  readonly description: string;
}

/** The deadlines of one connection. */
export class Deadlines {
  readonly #limits: ConnectionLimits;
  readonly #acceptedMs: number;
  #shakenMs: number | undefined;
  #asked = false;
  #connectedMs: number | undefined;

  /** @param nowMs When it was accepted. */
  constructor(limits: ConnectionLimits, nowMs: number) {
    this.#limits = limits;
    this.#acceptedMs = nowMs;
  }

  /** The handshake is over; later calls do nothing. */
  shaken(nowMs: number): void {
    this.#shakenMs ??= nowMs;
  }

  /** `connect` came: from here on the hooks' time limits hold. */
  asked(): void {
    this.#asked = true;
  }

  /** `connect` was accepted, or a stream that was more than a request is over: the idle time begins anew. */
  idle(nowMs: number): void {
    this.#connectedMs = nowMs;
  }

  /**
   * Look at the clock.
   *
   * @param busy Whether there is a publish or a play.
   */
  look(nowMs: number, { busy }: { readonly busy: boolean }): Exceeded | undefined {
    const { handshakeTimeoutMs, connectTimeoutMs, idleTimeoutMs } = this.#limits;
    if (this.#connectedMs !== undefined) {
      if (busy || nowMs - this.#connectedMs <= idleTimeoutMs) return undefined;
      const description = `Neither publish nor play within ${idleTimeoutMs} ms`;
      return { limit: "idle_timeout", reason: "idle", description };
    }
    if (this.#asked) return undefined;
    if (this.#shakenMs === undefined) {
      if (nowMs - this.#acceptedMs <= handshakeTimeoutMs) return undefined;
      const description = `No handshake within ${handshakeTimeoutMs} ms`;
      return { limit: "handshake_timeout", reason: "timeout", description };
    }
    if (nowMs - this.#shakenMs <= connectTimeoutMs) return undefined;
    const description = `No connect within ${connectTimeoutMs} ms`;
    return { limit: "connect_timeout", reason: "timeout", description };
  }
}
