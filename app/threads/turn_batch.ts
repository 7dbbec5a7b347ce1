/**
 * Sends what arises in one turn of the event loop together: a message between threads costs more than what is in it.
 *
 * @module
 */

/** Collects until the turn is over. */
export class TurnBatch<T> {
  readonly #send: (items: readonly T[]) => void;
  #items: T[] = [];

  /** @param send Gets at least one item, in the order in which they came. */
  constructor(send: (items: readonly T[]) => void) {
    this.#send = send;
  }

  /** Send it with the others of this turn. */
  add(item: T): void {
    if (this.#items.length === 0) queueMicrotask(() => this.#flush());
    this.#items.push(item);
  }

  #flush(): void {
    const items = this.#items;
    this.#items = [];
    this.#send(items);
  }
}
