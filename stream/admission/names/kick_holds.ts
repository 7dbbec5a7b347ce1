/**
 * Names that are kept from an address for a while after a kick. Encoders ignore status messages while they stream and
 * come back within 3 s; a refusal is something that they show. Pure.
 *
 * @module
 */
import { clientNetwork } from "../access/mod.ts";

/** What is held at one time; above it the oldest is let go. */
const MAX_HOLDS = 10_000;
/** The longest reason that is kept, UTF-16 units. */
const MAX_REASON = 512;

/** A name that is kept from an address; plain data. */
export interface KickHold {
  /** `vhost/app/stream`. */
  readonly key: string;
  /** Canonical. */
  readonly ip: string;
  /** Why its publisher was ended. */
  readonly reason: string;
  /** Milliseconds from now. */
  readonly forMs: number;
}

/** All that is held. */
export class KickHolds {
  readonly #now: () => number;
  readonly #share: (hold: KickHold) => void;
  /** By name and address, the oldest first. */
  readonly #holds = new Map<string, { readonly untilMs: number; readonly reason: string }>();

  /**
   * No name is held.
   *
   * @param now Monotonic milliseconds.
   * @param share Tells the other threads, where there are any.
   */
  constructor(now: () => number, share: (hold: KickHold) => void = () => {}) {
    this.#now = now;
    this.#share = share;
  }

  /** Names that are kept, those included whose time is over and that nobody has asked for. */
  get size(): number {
    return this.#holds.size;
  }

  /** A publisher of this thread was ended: keep its name from it. Nothing happens where `forMs` is 0. */
  hold(hold: KickHold): void {
    if (hold.forMs <= 0) return;
    this.take(hold);
    this.#share(hold);
  }

  /** The same, by another thread. */
  take({ key, ip, reason, forMs }: KickHold): void {
    const now = this.#now();
    const place = placeOf(key, ip);
    this.#holds.delete(place);
    this.#holds.set(place, { untilMs: now + forMs, reason: reason.slice(0, MAX_REASON) });
    for (const [oldest, { untilMs }] of this.#holds) {
      if (untilMs > now && this.#holds.size <= MAX_HOLDS) break;
      this.#holds.delete(oldest);
    }
  }

  /** Why this address may not publish under this name now, for the client; `undefined` when it may. */
  refusal(key: string, ip: string): string | undefined {
    const place = placeOf(key, ip);
    const held = this.#holds.get(place);
    if (held === undefined) return undefined;
    const leftMs = held.untilMs - this.#now();
    if (leftMs <= 0) {
      this.#holds.delete(place);
      return undefined;
    }
    return `${held.reason}; this name is held for ${Math.ceil(leftMs / 1000)} s more`;
  }
}

/** Of IPv6 the network counts, as wherever addresses are counted. No name has a line break. */
function placeOf(key: string, ip: string): string {
  return `${key}\n${clientNetwork(ip)}`;
}
