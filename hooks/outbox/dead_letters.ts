/**
 * Rows that were given up, in memory: the newest, within bounds.
 *
 * @module
 */
import { type OutboxBounds, type OutboxRow, sizeOf } from "./outbox_row.ts";

/** A bounded list, oldest first. */
export class DeadLetters implements Iterable<OutboxRow> {
  readonly #bounds: OutboxBounds;
  readonly #rows = new Map<string, OutboxRow>();
  #bytes = 0;

  /** @param bounds Of what it keeps; the oldest are dropped first. */
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
   * @returns The rows that were dropped for it.
   */
  add(row: OutboxRow): OutboxRow[] {
    this.delete(row);
    this.#rows.set(row.id, row);
    this.#bytes += sizeOf(row);
    const { maxRows, maxBytes } = this.#bounds;
    const forgotten: OutboxRow[] = [];
    for (const oldest of this.#rows.values()) {
      if (this.#rows.size <= maxRows && this.#bytes <= maxBytes) break;
      this.delete(oldest);
      forgotten.push(oldest);
    }
    return forgotten;
  }

  /** Take a row out, if it is still there. */
  delete(row: OutboxRow): void {
    if (this.#rows.delete(row.id)) this.#bytes -= sizeOf(row);
  }

  /** All of them, oldest first. */
  [Symbol.iterator](): IterableIterator<OutboxRow> {
    return this.#rows.values();
  }
}
