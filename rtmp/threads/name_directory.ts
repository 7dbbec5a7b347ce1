/**
 * The main thread's book of names: which media thread has which name. Pure.
 *
 * @module
 */
import type { HolderFacts } from "./thread_messages.ts";

/** A media thread, as the directory sees it. */
export interface NameOwner {
  /** Ask it who holds the name; it answers by {@link NameDirectory.described}. */
  describe(query: number, key: string): void;
  /** Tell it what became of its claim; `undefined`: the name is its own. */
  claimed(claim: number, holder: HolderFacts | undefined): void;
  /** Its holder of the name has to go. */
  replace(key: string): void;
}

/** A claim that waits for what the owner says. */
interface Query {
  readonly key: string;
  readonly claim: number;
  readonly claimant: NameOwner;
}

/** Names and their owners; a name is its owner's while it has claims to it. */
export class NameDirectory {
  readonly #names = new Map<string, { owner: NameOwner; claims: number }>();
  readonly #queries = new Map<number, Query>();
  #lastQuery = 0;

  /** A thread wants a name. */
  claim(claimant: NameOwner, claim: number, key: string): void {
    const name = this.#names.get(key);
    if (name === undefined) this.#names.set(key, { owner: claimant, claims: 1 });
    else if (name.owner === claimant) name.claims++;
    else {
      const query = ++this.#lastQuery;
      this.#queries.set(query, { key, claim, claimant });
      return name.owner.describe(query, key);
    }
    claimant.claimed(claim, undefined);
  }

  /** A thread gives one claim back. */
  disclaim(owner: NameOwner, key: string): void {
    const name = this.#names.get(key);
    if (name === undefined || name.owner !== owner) return;
    name.claims--;
    if (name.claims === 0) this.#names.delete(key);
  }

  /** The owner says who holds the name; nobody: whoever asked tries again with what is true by now. */
  described(query: number, holder: HolderFacts | undefined): void {
    const waiting = this.#queries.get(query);
    if (waiting === undefined) return;
    this.#queries.delete(query);
    const { key, claim, claimant } = waiting;
    // Between two claims of its owner a name may be held by nobody: it is about to be free, or taken.
    const between: HolderFacts = { ip: "", live: false, leaving: true, silentMs: 0 };
    if (this.#names.has(key)) claimant.claimed(claim, holder ?? between);
    else this.claim(claimant, claim, key);
  }

  /** The holder of the name has to go. */
  replace(key: string): void {
    this.#names.get(key)?.owner.replace(key);
  }
}
