/**
 * Looks at the media threads for the API.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import type { ClientTotals, ServerSnapshot } from "../../stream/live/mod.ts";
import { deadline } from "../../system/mod.ts";
import type { Media } from "../ports.ts";

/** The longest that the media threads may take to say what they have, milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 5000;
/** A look at fewer clients costs too little to be shared with later requests. */
const MIN_SHARED_CLIENTS = 100;
/** How long a look is shared for each client in it, milliseconds: looking takes a bounded part of a core. */
const SHARED_MS_PER_CLIENT = 0.2;
/** Less than the second after which a dashboard asks again, so that it gets a look of its own, milliseconds. */
const MAX_SHARED_MS = 900;
/**
 * How long the totals are those of a look at many, milliseconds: a dashboard that asks for them first each second, and
 * for the lists then, gets what its last round has found.
 */
const TOTALS_SHARED_MS = 1900;
/** Requests that come more rarely than this are not expected to come again, milliseconds. */
const MAX_EXPECTED_MS = 2000;
/** How long before the next request is expected a look is taken for it, milliseconds: far longer than it takes. */
const AHEAD_MS = 100;
/** A client that is ended is there until its last words are sent and its ending is recorded, milliseconds. */
const LEAVING_MS = 300;

/** A look at many clients. */
interface SharedLook {
  readonly snapshot: ServerSnapshot;
  /** When it is too old for lists. */
  readonly untilMs: number;
  /** When it is too old for totals. */
  readonly totalsUntilMs: number;
  /** A request was answered with it. */
  isUsed: boolean;
}

/**
 * Gives snapshots; requests share those of many clients for up to a second. A dashboard that asks once a second waits
 * for none: while it goes on, each look is taken a moment before it asks.
 */
export class Snapshots implements Disposable {
  readonly #media: Pick<Media, "snapshot" | "totals">;
  readonly #clock: Clock;
  #pending: Promise<ServerSnapshot> | undefined;
  #latest: SharedLook | undefined;
  /** When a request was the first that was answered with a look. */
  #usedMs = -Infinity;
  #ahead: Timer | undefined;
  #isClosed = false;
  /** How often looks were forgotten: one that was taken before is not kept. */
  #forgotten = 0;
  /** When they were the last time: one that is taken right behind that is not kept either. */
  #forgottenMs = -Infinity;

  /** Snapshots of this server. */
  constructor(media: Pick<Media, "snapshot" | "totals">, clock: Clock) {
    this.#media = media;
    this.#clock = clock;
  }

  /**
   * What there is now or, where there are many clients, was a moment ago.
   *
   * @throws {Error} Where the threads do not answer in time.
   */
  async current(): Promise<ServerSnapshot> {
    const shared = this.#shared;
    const isFresh = shared !== undefined && this.#clock.now() < shared.untilMs;
    const snapshot = isFresh ? shared.snapshot : await this.#look();
    this.#expectNext(snapshot);
    return snapshot;
  }

  /** All clients together, without a look at each: as they are now or, where there are many, were in the latest look. */
  totals(): Promise<ClientTotals> {
    const shared = this.#shared;
    return shared === undefined ? this.#inTime(this.#media.totals()) : Promise.resolve(shared.snapshot);
  }

  /** What there is after everything that was done before the call. */
  async fresh(): Promise<ServerSnapshot> {
    const forgotten = this.#forgotten;
    const fromMs = this.#clock.now();
    const snapshot = await this.#inTime(this.#media.snapshot());
    const { length } = snapshot.clients;
    const isLasting = forgotten === this.#forgotten && fromMs - this.#forgottenMs >= LEAVING_MS;
    if (length >= MIN_SHARED_CLIENTS && isLasting) {
      const untilMs = fromMs + sharedMs(snapshot);
      this.#latest = { snapshot, untilMs, totalsUntilMs: fromMs + TOTALS_SHARED_MS, isUsed: false };
    }
    return snapshot;
  }

  /** Clients were changed: later requests see it. */
  forget(): void {
    this.#forgotten++;
    this.#forgottenMs = this.#clock.now();
    this.#latest = this.#pending = undefined;
  }

  /** Take no look that nobody waits for. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#ahead?.clear();
  }

  #look(): Promise<ServerSnapshot> {
    if (this.#pending !== undefined) return this.#pending;
    const look = this.fresh().finally(() => {
      if (this.#pending === look) this.#pending = undefined;
    });
    return this.#pending = look;
  }

  /** A request is answered with this: where such requests come regularly, have a look ready for the next one. */
  #expectNext(snapshot: ServerSnapshot): void {
    const look = this.#latest;
    if (look === undefined || look.snapshot !== snapshot || look.isUsed || this.#isClosed) return;
    look.isUsed = true;
    const now = this.#clock.now();
    const sinceMs = now - this.#usedMs;
    this.#usedMs = now;
    this.#ahead?.clear();
    const isRegular = sinceMs <= MAX_EXPECTED_MS && now + sinceMs >= look.untilMs;
    // One that is shared more briefly would be too old by then.
    if (!isRegular || sharedMs(snapshot) < 2 * AHEAD_MS) return;
    // Where it fails, so does the one that the next request takes, which reports it.
    const take = () => void Promise.allSettled([this.#look()]);
    this.#ahead = this.#clock.setTimeout(take, Math.max(0, sinceMs - AHEAD_MS));
  }

  get #shared(): SharedLook | undefined {
    if (this.#latest !== undefined && this.#clock.now() >= this.#latest.totalsUntilMs) {
      this.#latest = undefined;
    }
    return this.#latest;
  }

  async #inTime<T extends object>(answer: Promise<T>): Promise<T> {
    const look = await deadline(this.#clock, answer, { maxMs: SNAPSHOT_TIMEOUT_MS });
    if (look !== "expired") return look;
    throw new Error(`Cannot look at the clients: no answer within ${SNAPSHOT_TIMEOUT_MS} ms`);
  }
}

/** How long a look is shared, milliseconds. */
function sharedMs({ clients: { length } }: ServerSnapshot): number {
  return Math.min(MAX_SHARED_MS, length * SHARED_MS_PER_CLIENT);
}
