/**
 * Rows that were given up, as far as memory keeps them: the newest, within bounds.
 *
 * @module
 */
import { type OutboxBounds, type OutboxRow, sizeOf } from "./outbox_row.ts";

/** A bounded list, oldest first. */
export class DeadRows implements Iterable<OutboxRow> {
  readonly #bounds: OutboxBounds;
  readonly #rows = new Map<string, OutboxRow>();
  #bytes = 0;

  /** @param bounds Of what it keeps; the oldest go first. */
  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
  }

  /** How many there are. */
  get size(): number {
    return this.#rows.size;
  }

  /**
   * Keep a row as the newest.
   *
   * @returns What there was no more room for.
   */
  add(row: OutboxRow): OutboxRow[] {
    this.#rows.set(row.id, row);
    this.#bytes += sizeOf(row);
    const { maxRows, maxBytes } = this.#bounds;
    return this.#take(() => this.#rows.size > maxRows || this.#bytes > maxBytes);
  }

  /** Take out the oldest, at most so many. */
  shift(count: number): OutboxRow[] {
    const end = this.#rows.size - count;
    return this.#take(() => this.#rows.size > end);
  }

  /** All of them, oldest first. */
  [Symbol.iterator](): IterableIterator<OutboxRow> {
    return this.#rows.values();
  }

  #take(wanted: () => boolean): OutboxRow[] {
    const taken: OutboxRow[] = [];
    for (const row of this.#rows.values()) {
      if (!wanted()) break;
      this.#rows.delete(row.id);
      this.#bytes -= sizeOf(row);
      taken.push(row);
    }
    return taken;
  }
}
