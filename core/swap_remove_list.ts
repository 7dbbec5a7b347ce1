/**
 * A list of members, where many are added and removed.
 *
 * Not a `Set`: as its members change it moves to new tables, and each old one, once it has aged, keeps what it held
 * from the garbage collector's quick rounds. Measured with connections that stay for milliseconds: five of six grew
 * old that way, and a tenth of the time was spent on them.
 *
 * @module
 */

/** What can be in a list: in one at a time. */
export interface Member {
  /** Where in the list it is; only the list uses it. Any number before it is added. */
  index: number;
}

/** Members in no particular order; coming and leaving take the same short time however many there are. */
export class SwapRemoveList<T extends Member> {
  /** Never shorter than it was: an array that shrinks and grows leaves tables behind as well. */
  readonly #members: (T | undefined)[] = [];
  #size = 0;

  /** Members now. */
  get size(): number {
    return this.#size;
  }

  /** Add a member that is in no list. */
  add(member: T): void {
    member.index = this.#size;
    this.#members[this.#size++] = member;
  }

  /** Let a member go; `false`, and nothing changes, when it is not here. */
  delete(member: T): boolean {
    if (this.#members[member.index] !== member) return false;
    const last = this.#members[--this.#size];
    this.#members[this.#size] = undefined;
    if (last !== undefined && last !== member) {
      this.#members[member.index] = last;
      last.index = member.index;
    }
    return true;
  }

  /**
   * The members, from the last place to the first. Safe under mutation: members that stay are visited at
   * least once, removed ones never, added ones possibly. What `next` returns is valid until its next call.
   */
  [Symbol.iterator](): IterableIterator<T, undefined> {
    return new Walk(this.#members, this.#size);
  }
}

const END = Object.freeze({ done: true, value: undefined });

/** Not a generator, which makes an object for each member: measured, 7 % of what a fan-out allocates. */
class Walk<T> implements IterableIterator<T, undefined> {
  readonly #members: readonly (T | undefined)[];
  #index: number;
  #step: { readonly done: false; value: T } | undefined;

  constructor(members: readonly (T | undefined)[], size: number) {
    this.#members = members;
    this.#index = size;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<T, undefined> {
    // Backwards, because the last member takes the index of one that was removed.
    while (--this.#index >= 0) {
      const value = this.#members[this.#index];
      if (value === undefined) continue;
      if (this.#step === undefined) return this.#step = { done: false, value };
      this.#step.value = value;
      return this.#step;
    }
    return END;
  }
}
