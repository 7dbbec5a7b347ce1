/**
 * Counts by name in a fixed piece of memory, which threads can share: connections by address, players by stream.
 *
 * Names are hashed with a secret key. Two names may share a cell and are then counted together: with 65,536
 * cells that is one name in 65 while a thousand others are counted. It can only make a limit stricter, and without the
 * key nobody can provoke it.
 *
 * @module
 */
import type { KeyedHash } from "./keyed_hash.ts";

/** Cells of a table, 4 bytes each. */
export const COUNT_CELLS = 65_536;

/** A table of counts. */
export class SharedCounters {
  readonly #cells: Int32Array<ArrayBufferLike>;
  readonly #hash: KeyedHash;

  /**
   * A private table, or one that threads share.
   *
   * @param hash Its key is secret.
   * @param cells {@link COUNT_CELLS} of them; threads that count together share them and the key of their hash.
   */
  constructor(
    hash: KeyedHash,
    cells: Int32Array<ArrayBufferLike> = new Int32Array(COUNT_CELLS),
  ) {
    this.#hash = hash;
    this.#cells = cells;
  }

  /**
   * Count one more of this name, unless there are already `most`.
   *
   * @returns A lease to be released once, or `undefined`.
   */
  acquire(name: string, most: number): CounterLease | undefined {
    const cell = this.#cellOf(name);
    if (Atomics.add(this.#cells, cell, 1) < most) return new CounterLease(this.#cells, cell);
    Atomics.sub(this.#cells, cell, 1);
    return undefined;
  }

  /** How many there are of this name now, those of names in the same cell included. */
  count(name: string): number {
    return Atomics.load(this.#cells, this.#cellOf(name));
  }

  /** Count so many more of this name, or fewer: where what is counted is an amount. */
  change(name: string, by: number): void {
    if (by !== 0) Atomics.add(this.#cells, this.#cellOf(name), by);
  }

  #cellOf(name: string): number {
    return this.#hash.of(name) % this.#cells.length;
  }
}

/** One unit of a count. */
export class CounterLease {
  readonly #cells: Int32Array<ArrayBufferLike>;
  readonly #cell: number;
  #held = true;

  /** A unit of a cell, counted already. */
  constructor(cells: Int32Array<ArrayBufferLike>, cell: number) {
    this.#cells = cells;
    this.#cell = cell;
  }

  /** Count it no longer; a second call does nothing. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    Atomics.sub(this.#cells, this.#cell, 1);
  }
}
