/**
 * How many publish and play requests one connection may make. Pure.
 *
 * @module
 */
import { TokenBucket } from "../../system/mod.ts";

/** Time in which a connection may make all its requests of a minute. */
const MINUTE_MS = 60_000;

/** Watches one connection. */
export class StartRate {
  readonly #perMinute: number;
  readonly #bucket: TokenBucket | undefined;

  /** @param perMinute 0 for any number. */
  constructor(perMinute: number, nowMs: number) {
    this.#perMinute = perMinute;
    this.#bucket = perMinute === 0
      ? undefined
      : new TokenBucket({ capacity: perMinute, perMs: MINUTE_MS }, nowMs);
  }

  /** Count a request; what is wrong when it is one too many. */
  take(nowMs: number): string | undefined {
    if (this.#bucket?.take(1, nowMs) !== false) return undefined;
    return `More than ${this.#perMinute} publish and play requests a minute`;
  }
}
