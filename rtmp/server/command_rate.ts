/**
 * How many messages a client may send that are not media: each has to be decoded, and most are answered. The session
 * counts them.
 *
 * @module
 */
import { TokenBucket } from "../../system/mod.ts";

/** A connection begins with a burst of commands: what is allowed in this many seconds may come at once. */
const BURST_SECONDS = 2;

/** Watches one client. */
export class CommandRate {
  readonly #bucket: TokenBucket | undefined;

  /** @param perSecond Commands and control messages a second, 0 for any number. */
  constructor(perSecond: number, nowMs: number) {
    const capacity = perSecond * BURST_SECONDS;
    this.#bucket = perSecond === 0
      ? undefined
      : new TokenBucket({ capacity, perMs: BURST_SECONDS * 1000 }, nowMs);
  }

  /** Take what messages have cost, see `commandCost`; `false` when it is too much. */
  take(cost: number, nowMs: number): boolean {
    return cost === 0 || this.#bucket === undefined || this.#bucket.take(cost, nowMs);
  }
}
