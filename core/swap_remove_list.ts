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
   * least once, removed ones never, added ones possibly.
   */
  *[Symbol.iterator](): IterableIterator<T> {
    // Backwards, because the last member takes the index of one that was removed.
    for (let index = this.#size - 1; index >= 0; index--) {
      const member = this.#members[index];
      if (member !== undefined) yield member;
    }
  }
}
