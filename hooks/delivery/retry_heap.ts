/**
 * What has to happen later, earliest first: a binary heap.
 *
 * @module
 */

interface Entry<T> {
  readonly at: number;
  readonly item: T;
}

/** Items by their moment. */
export class RetryHeap<T> {
  readonly #entries: Entry<T>[] = [];

  /** How many wait. */
  get size(): number {
    return this.#entries.length;
  }

  /** The earliest moment, `undefined` when nothing waits. */
  get next(): number | undefined {
    return this.#entries[0]?.at;
  }

  /** Add an item for the moment `at`. */
  push(at: number, item: T): void {
    const entries = this.#entries;
    const entry = { at, item };
    let i = entries.length;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = entries[up];
      if (parent === undefined || parent.at <= at) break;
      entries[i] = parent;
      i = up;
    }
    entries[i] = entry;
  }

  /** Take the earliest item whose moment is not after `now`. */
  popUntil(now: number): T | undefined {
    const entries = this.#entries;
    const top = entries[0];
    if (top === undefined || top.at > now) return undefined;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return top.item;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      let child = entries[down];
      const right = entries[down + 1];
      if (child !== undefined && right !== undefined && right.at < child.at) {
        child = right;
        down++;
      }
      if (child === undefined || child.at >= last.at) break;
      entries[i] = child;
      i = down;
    }
    entries[i] = last;
    return top.item;
  }
}
