/**
 * How many messages a client may send that are not media: each has to be decoded, and most are answered. Empty media
 * messages count a little: a client can repeat one with a single byte.
 *
 * @module
 */
import { TokenBucket } from "../../system/mod.ts";
import { MessageType, type RtmpMessage } from "../wire/mod.ts";

/** A connection begins with a burst of commands: what is allowed in this many seconds may come at once. */
const BURST_SECONDS = 2;
const EMPTY_MESSAGE_COST = 0.1;

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

  /** Count what a read brought; `false` when it is too much. */
  take(messages: readonly RtmpMessage[], nowMs: number): boolean {
    if (this.#bucket === undefined) return true;
    let cost = 0;
    for (const message of messages) cost += costOf(message);
    return cost === 0 || this.#bucket.take(cost, nowMs);
  }
}

function costOf({ typeId, payload }: RtmpMessage): number {
  switch (typeId) {
    case MessageType.Audio:
    case MessageType.Video:
    case MessageType.DataAmf0:
    case MessageType.DataAmf3:
    case MessageType.Aggregate:
      return payload.length === 0 ? EMPTY_MESSAGE_COST : 0;
    case MessageType.Acknowledgement:
      // Needs no answer; some players send one for every few kilobytes.
      return payload.length === 4 ? 0 : 1;
    default:
      return 1;
  }
}
