/**
 * A set whose members come and go many times a second. Pure.
 *
 * A `Set` replaces its table every few additions, and V8 keeps a reference from each table to the next one, for
 * iterators. Once one of them is in the old generation, each later table outlives the quick rounds of the garbage
 * collector with all that was in it: measured, 1,600 bytes a held request, until the next full round.
 *
 * @module
 */

/** A set of objects, few or mostly removed together. */
export class TransientSet<T extends object> {
  /** Members first; what is behind them is empty, and kept for the next ones. */
  #slots: (T | undefined)[] = [];
  #size = 0;

  /** Members now. */
  get size(): number {
    return this.#size;
  }

  /** The members as they are now, in no order. */
  get list(): readonly T[] {
    return this.#slots.slice(0, this.#size).filter((member) => member !== undefined);
  }

  /** Add one that is not a member. */
  add(member: T): void {
    this.#slots[this.#size++] = member;
  }

  /** Remove a member, if it is one; takes as long as there are members. */
  delete(member: T): void {
    const at = this.#slots.indexOf(member);
    if (at < 0) return;
    const last = --this.#size;
    this.#slots[at] = this.#slots[last];
    this.#slots[last] = undefined;
  }

  /** Remove the members that `isTaken` holds for. */
  take(isTaken: (member: T) => boolean): T[] {
    const slots = this.#slots;
    const taken: T[] = [];
    let kept = 0;
    for (let at = 0; at < this.#size; at++) {
      const member = slots[at];
      if (member === undefined) continue;
      slots[at] = undefined;
      if (isTaken(member)) taken.push(member);
      else slots[kept++] = member;
    }
    this.#size = kept;
    // What a crowd took is not kept for a few.
    if (kept === 0 && taken.length === 0) this.#slots = [];
    return taken;
  }
}
