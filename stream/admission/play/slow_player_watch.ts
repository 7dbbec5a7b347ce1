/**
 * A player of a stream log that is too slow: what its jumps left out is counted and logged, and it is ended when it
 * takes nothing.
 *
 * @module
 */
import type { SessionClient } from "../session_client.ts";
import type { Limits } from "../../../core/mod.ts";
import type { Consumer } from "../../live/mod.ts";

/** Where the player's bytes are written. */
export interface WatchedWriter {
  /** How long the write under way has made no progress, milliseconds; 0 when there is none. */
  readonly stuckMs: number;
}

/** What of a consumer is looked at. */
export type WatchedConsumer = Pick<
  Consumer,
  "position" | "overdue" | "jumps" | "byteJumps" | "keylessJumps" | "awaitsKeyFrame" | "droppedMs"
>;

/** What is watched. */
export interface WatchedPlayer {
  /** Ended when it is too slow. */
  readonly client: Pick<SessionClient, "ip" | "log" | "endForLimit">;
  /** Writes its bytes. */
  readonly writer: WatchedWriter;
  /** Of its stream, for the log. */
  readonly url: string | undefined;
  /** A player that takes nothing for this time is ended, milliseconds; 0 for never. */
  readonly sendTimeoutMs: number;
}

/** What was reported of a player's jumps. */
type ReportedJumps = Pick<Consumer, "jumps" | "byteJumps" | "keylessJumps" | "awaitsKeyFrame"> & {
  /** The limit that it ran into last. */
  readonly limit: string;
};

const NOTHING_REPORTED: ReportedJumps = Object.freeze({
  ...{ jumps: 0, byteJumps: 0, keylessJumps: 0, awaitsKeyFrame: false, limit: "" },
});

/** Watches one player. */
export class SlowPlayerWatch {
  readonly #player: WatchedPlayer;
  readonly #limits: Limits;
  /** Since when it has been at overdue bytes, and where; `undefined`: it is at none. */
  #overdue: { readonly position: number; readonly sinceMs: number } | undefined;
  #reported = NOTHING_REPORTED;

  /**
   * Nothing has been reported yet.
   *
   * @param limits Counts the jumps.
   */
  constructor(player: WatchedPlayer, limits: Limits) {
    this.#player = player;
    this.#limits = limits;
  }

  /**
   * Report its jumps and check its deadline; called about once a second.
   *
   * @param consumer Its position in the log. A player may go on with another one, so it is not kept here.
   */
  sweep(nowMs: number, consumer: WatchedConsumer): void {
    const { client, writer, sendTimeoutMs } = this.#player;
    this.#reportJumps(consumer);
    const overdueMs = this.#overdueMs(consumer, nowMs);
    if (sendTimeoutMs > 0 && writer.stuckMs > sendTimeoutMs) {
      client.endForLimit("play.send_timeout", "slow", `The client took nothing for ${sendTimeoutMs} ms`);
    } else if (sendTimeoutMs > 0 && overdueMs > sendTimeoutMs) {
      const description = `The client lagged ${Math.round(overdueMs)} ms beyond the buffer`;
      client.endForLimit("play.send_timeout", "slow", description);
    }
  }

  /** Count and log what has become of jumps since the last call: a jump may have to wait for a key frame. */
  #reportJumps({ jumps, byteJumps, keylessJumps, awaitsKeyFrame, droppedMs }: WatchedConsumer): void {
    const last = this.#reported;
    if (jumps === last.jumps && awaitsKeyFrame === last.awaitsKeyFrame) return;
    const newByteJumps = byteJumps - last.byteJumps;
    const newTimeJumps = jumps - last.jumps - newByteJumps;
    this.#limits.count("max_lag_bytes", newByteJumps);
    this.#limits.count("play.queue_length", newTimeJumps);
    let { limit } = last;
    if (newTimeJumps > 0) limit = "play.queue_length";
    if (newByteJumps > 0) limit = "max_lag_bytes";
    this.#reported = { jumps, byteJumps, keylessJumps, awaitsKeyFrame, limit };
    let outcome = "continued at a newer key frame";
    if (awaitsKeyFrame) outcome = "waits for a key frame";
    else if (keylessJumps > last.keylessJumps) outcome = "continued at the newest data, without a key frame";
    const { client, url } = this.#player;
    client.log("warn", "Player is too slow", {
      outcome,
      limit,
      ip: client.ip,
      url,
      jumps,
      dropped_ms: Math.round(droppedMs),
    });
  }

  /**
   * How long it has been at bytes that the log has released: a client that takes a little now and then could hold
   * their memory indefinitely.
   */
  #overdueMs({ overdue, position }: WatchedConsumer, nowMs: number): number {
    if (!overdue) {
      this.#overdue = undefined;
      return 0;
    }
    if (position !== this.#overdue?.position) this.#overdue = { position, sinceMs: nowMs };
    return nowMs - this.#overdue.sinceMs;
  }
}
