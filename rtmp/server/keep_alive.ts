/**
 * When a client is pinged, and when it counts as lost. Pure.
 *
 * @module
 */
import { Liveness, type LivenessStep } from "./liveness.ts";

/**
 * An SRS edge hangs up after 5 s without a byte, also while its stream has no publisher. Connections are looked at once
 * a second, so it gets a byte at least every 4 s.
 */
const RELAY_SILENCE_MS = 2500;

/** A write shows whether a client whose socket is left unread has reset the connection, milliseconds between two. */
const UNREAD_PING_MS = 2000;

/** What a connection shows of its client. Times in monotonic milliseconds. */
export interface Signs {
  /** When the client last gave a sign of life. */
  readonly aliveMs: number;
  /** When anything was last sent to it. */
  readonly sentMs: number;
  /** Its socket is left unread, so that it cannot give a sign. */
  readonly unread: boolean;
}

/** Watches one client. */
export class KeepAlive {
  readonly #liveness: Liveness;
  #isRelay = false;
  #pingedMs = -Infinity;

  /** @param limits As for {@link Liveness}. */
  constructor(limits: { readonly pingIntervalMs: number; readonly pingTimeoutMs: number }) {
    this.#liveness = new Liveness(limits.pingIntervalMs, limits.pingTimeoutMs);
  }

  /** Whether the client is one: it has to get something before it is answered, too. */
  get isRelay(): boolean {
    return this.#isRelay;
  }

  /** The client is a server that hangs up where it gets nothing for some seconds. */
  expectRelay(): void {
    this.#isRelay = true;
  }

  /** Check the clock; called about once a second. */
  check(nowMs: number, { aliveMs, sentMs, unread }: Signs): LivenessStep {
    const step = this.#liveness.check(nowMs, unread ? nowMs : aliveMs);
    const isDue = (unread && nowMs - this.#pingedMs >= UNREAD_PING_MS) ||
      (this.#isRelay && nowMs - sentMs >= RELAY_SILENCE_MS);
    if (step !== "wait" || !isDue) return step;
    this.#pingedMs = nowMs;
    return "ping";
  }
}
