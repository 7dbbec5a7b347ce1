/**
 * The main thread's book of names: which media thread has which name. Pure.
 *
 * @module
 */
import { NOTHING_READ } from "../../stream/live/mod.ts";
import type { HolderFacts } from "./thread_messages.ts";

/** A media thread, as the directory sees it. */
export interface NameOwner {
  /** Ask it who holds the name; it answers by {@link NameDirectory.described}. */
  describe(query: number, key: string): void;
  /**
   * Tell it what became of its claim.
   *
   * @param holder `undefined`: the name is its own.
   * @param time Where the stream came to in the thread that had the name last, milliseconds of stream time.
   */
  claimed(claim: number, holder: HolderFacts | undefined, time: number): void;
  /** Its holder of the name has to go, if that is still this client. */
  replace(key: string, clientId: number): void;
}

/** A claim that waits for what the owner says. */
interface Query {
  readonly key: string;
  readonly claim: number;
  readonly claimant: NameOwner;
}

/**
 * How long it is remembered where a stream came to, milliseconds. The threads that play it tell the next publisher's
 * thread themselves; this is for one that follows so closely that their word is still on its way.
 */
const REMEMBERED_MS = 10_000;

/** Names and their owners; a name is its owner's while it has claims to it. */
export class NameDirectory {
  readonly #names = new Map<string, { owner: NameOwner; claims: number }>();
  readonly #queries = new Map<number, Query>();
  /** Names that became free lately, in that order. */
  readonly #ended = new Map<string, { time: number; endedMs: number }>();
  /** Threads that have failed: what they sent before may arrive later, and what they asked for be answered. */
  readonly #failed = new WeakSet<NameOwner>();
  readonly #now: () => number;
  #lastQuery = 0;

  /**
   * No names yet.
   *
   * @param now Monotonic milliseconds.
   */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A thread wants a name. */
  claim(claimant: NameOwner, claim: number, key: string): void {
    if (this.#failed.has(claimant)) return;
    const name = this.#names.get(key);
    if (name === undefined) this.#names.set(key, { owner: claimant, claims: 1 });
    else if (name.owner === claimant) name.claims++;
    else {
      const query = ++this.#lastQuery;
      this.#queries.set(query, { key, claim, claimant });
      return name.owner.describe(query, key);
    }
    claimant.claimed(claim, undefined, this.#timeOf(key));
  }

  /** A thread gives one claim back; its stream has come to `time`. */
  disclaim(owner: NameOwner, key: string, time: number): void {
    const name = this.#names.get(key);
    if (name === undefined || name.owner !== owner) return;
    name.claims--;
    if (name.claims > 0) return;
    this.#names.delete(key);
    this.#remember(key, time);
  }

  /** The owner describes the holder of the name; `undefined`: the threads that asked try again with the present state. */
  described(query: number, holder: HolderFacts | undefined): void {
    const waiting = this.#queries.get(query);
    if (waiting === undefined) return;
    this.#queries.delete(query);
    const { key, claim, claimant } = waiting;
    // Between two claims of its owner a name may be held by nobody: it is about to be free, or taken.
    const between: HolderFacts = { ip: "", live: false, leaving: true, id: 0, reads: NOTHING_READ };
    if (this.#names.has(key)) claimant.claimed(claim, holder ?? between, 0);
    else this.claim(claimant, claim, key);
  }

  /** The thread has failed: its names are free, and it gets no other. */
  gone(owner: NameOwner): void {
    this.#failed.add(owner);
    for (const [key, name] of this.#names) if (name.owner === owner) this.#names.delete(key);
  }

  /** The holder of the name has to go, if that is still this client. */
  replace(key: string, clientId: number): void {
    this.#names.get(key)?.owner.replace(key, clientId);
  }

  #timeOf(key: string): number {
    const ended = this.#ended.get(key);
    return ended !== undefined && this.#now() - ended.endedMs <= REMEMBERED_MS ? ended.time : 0;
  }

  #remember(key: string, time: number): void {
    const endedMs = this.#now();
    this.#ended.delete(key);
    this.#ended.set(key, { time, endedMs });
    for (const [oldest, known] of this.#ended) {
      if (endedMs - known.endedMs <= REMEMBERED_MS) return;
      this.#ended.delete(oldest);
    }
  }
}
