/**
 * How much a server and each of its vhosts send: measured over the latest seconds, and what players will take that have
 * just come. A new player beyond a limit is refused; those that watch are not touched.
 *
 * @module
 */
import type { Sources } from "../../live/mod.ts";
import type { SharedCounters } from "../../../system/mod.ts";
import { RecentRate } from "./recent_rate.ts";

/** Cells of the table, which threads share: names that share a cell are counted together, which can only be stricter. */
export const EGRESS_CELLS = 8192;
/** Over so long bytes are measured; a player that is older is in the measure, milliseconds. */
const SPAN_MS = 5000;
/** All vhosts together: no vhost is called so. */
const SERVER = "*";

/** The limits of one vhost. */
export interface EgressTerms {
  /** Of the server, kbit/s; 0 for any. */
  readonly serverKbps: number;
  /** Of the vhost, kbit/s; 0 for any. */
  readonly vhostKbps: number;
}

/** A limit that is in a player's way. */
export interface EgressExcess {
  /** The limit, kbit/s. */
  readonly most: number;
  /** What would be sent with the player, kbit/s. */
  readonly wanted: number;
  /** Whose limit it is. */
  readonly of: "server" | "vhost";
}

/** A player that has just come. */
interface Newcomer {
  readonly player: object;
  readonly atMs: number;
  readonly kbps: number;
}

/** What is sent under one name by this thread. */
interface Sent {
  bytes: number;
  readonly rate: RecentRate;
  newcomers: Newcomer[];
  /** What this thread has added to the shared count, kbit/s. */
  shown: number;
}

/** Measures, and admits players. */
export class EgressLimit {
  readonly #counts: SharedCounters;
  readonly #sent = new Map<string, Sent>();
  readonly #streams = new Map<string, Sent>();

  /**
   * Nothing sent yet.
   *
   * @param counts Of all threads, kbit/s by name.
   */
  constructor(counts: SharedCounters) {
    this.#counts = counts;
  }

  /** Bytes were sent to a client of a vhost. */
  sent(vhost: string, bytes: number): void {
    this.#sentOf(vhost).bytes += bytes;
    this.#sentOf(SERVER).bytes += bytes;
  }

  /**
   * A player is about to come.
   *
   * @param key Of its stream, whose bitrate it is expected to take.
   * @param nowMs Monotonic clock.
   * @param player What {@link EgressLimit.leave} is called with.
   * @returns What is in its way; `undefined`: it counts from here on.
   */
  admit(
    vhost: string,
    key: string,
    terms: EgressTerms,
    nowMs: number,
    player: object = {},
  ): EgressExcess | undefined {
    const kbps = this.#counts.count(`stream ${key}`);
    const limits = [["vhost", vhost, terms.vhostKbps], ["server", SERVER, terms.serverKbps]] as const;
    for (const [of, name, most] of limits) {
      const wanted = this.#counts.count(`sent ${name}`) + kbps;
      if (most > 0 && wanted > most) return { most, wanted, of };
    }
    for (const name of [vhost, SERVER]) {
      const sent = this.#sentOf(name);
      sent.newcomers.push({ player, atMs: nowMs, kbps });
      this.#show(`sent ${name}`, sent, sent.shown + kbps);
    }
    return undefined;
  }

  /** A player is not let in for another reason, or has gone: nothing more is expected of it. */
  leave(vhost: string, player: object, nowMs: number): void {
    for (const name of [vhost, SERVER]) {
      const sent = this.#sent.get(name);
      const newcomer = sent?.newcomers.find((other) => other.player === player);
      if (sent === undefined || newcomer === undefined) continue;
      sent.newcomers = sent.newcomers.filter((other) => other !== newcomer);
      this.#show(`sent ${name}`, sent, Math.max(0, sent.shown - expectedOf(newcomer, nowMs)));
    }
  }

  /** Measure; called about once a second. */
  sweep(sources: Sources, nowMs: number): void {
    for (const [name, sent] of this.#sent) {
      sent.newcomers = sent.newcomers.filter(({ atMs }) => nowMs - atMs < SPAN_MS);
      const expected = sent.newcomers.reduce((sum, newcomer) => sum + expectedOf(newcomer, nowMs), 0);
      this.#show(`sent ${name}`, sent, sent.rate.sample(nowMs, sent.bytes) + expected);
    }
    this.#measureStreams(sources, nowMs);
  }

  #measureStreams(sources: Sources, nowMs: number): void {
    for (const source of sources) {
      if (source.liveAt !== "here") continue;
      const stream = this.#streams.get(source.key) ?? newSent();
      this.#streams.set(source.key, stream);
      this.#show(`stream ${source.key}`, stream, stream.rate.sample(nowMs, source.receivedBytes));
    }
    for (const [key, stream] of this.#streams) {
      if (sources.get(key)?.liveAt === "here") continue;
      this.#show(`stream ${key}`, stream, 0);
      this.#streams.delete(key);
    }
  }

  #sentOf(name: string): Sent {
    const known = this.#sent.get(name);
    if (known !== undefined) return known;
    const sent = newSent();
    this.#sent.set(name, sent);
    return sent;
  }

  #show(name: string, sent: Sent, kbps: number): void {
    const whole = Math.round(kbps);
    this.#counts.change(name, whole - sent.shown);
    sent.shown = whole;
  }
}

/** The older a player is, the more of what it takes is in the measure. */
function expectedOf({ atMs, kbps }: Newcomer, nowMs: number): number {
  return kbps * Math.max(0, 1 - (nowMs - atMs) / SPAN_MS);
}

function newSent(): Sent {
  return { bytes: 0, rate: new RecentRate(SPAN_MS), newcomers: [], shown: 0 };
}
