/**
 * Numbers for connections, reserved in blocks so that none repeats while an ending with it may be undelivered.
 *
 * @module
 */

/** Reserves a block of numbers, none below `from`, and returns the first; `undefined` while that fails. */
export type ReserveBlock = (from: number) => Promise<number | undefined>;

/** Gives the numbers of reserved blocks in order. */
export class ClientIdBlocks {
  readonly #blockSize: number;
  #reserve: ReserveBlock | undefined;
  #next: number;
  /** One above the last number of the block. */
  #end: number;
  /** The first number of the next block. */
  #following: number | undefined;
  #reserving = false;

  /**
   * Numbers without a reservation, until {@link ClientIdBlocks.reserveFrom}.
   *
   * @param first The first one.
   */
  constructor(first: number, blockSize: number) {
    this.#next = first;
    this.#end = first + blockSize;
    this.#blockSize = blockSize;
  }

  /**
   * From here on numbers are reserved.
   *
   * @param first The first number of a block that is.
   */
  reserveFrom(first: number, reserve: ReserveBlock): void {
    this.#reserve = reserve;
    if (first > this.#next) {
      this.#next = first;
      this.#end = first + this.#blockSize;
    }
  }

  /** A number that no other connection has. */
  next(): number {
    if (this.#reserve === undefined) return this.#next++;
    this.#advance();
    this.#reserveAhead(this.#reserve);
    // Without a new block, because the disk is slow or fails, the numbers continue without a reservation.
    return this.#next++;
  }

  #advance(): void {
    if (this.#next < this.#end || this.#following === undefined) return;
    // Numbers of the block that were given before it was reserved are not given again.
    this.#next = Math.max(this.#next, this.#following);
    this.#end = this.#following + this.#blockSize;
    this.#following = undefined;
  }

  /** Reserve half a block ahead, so that no connection waits for its number. */
  #reserveAhead(reserve: ReserveBlock): void {
    if (this.#end - this.#next > this.#blockSize / 2 || this.#following !== undefined || this.#reserving) {
      return;
    }
    this.#reserving = true;
    // Numbers given without a reservation come before the block.
    void reserve(Math.max(this.#next, this.#end)).then((first) => {
      this.#reserving = false;
      if (first === undefined) return;
      this.#following = first;
      this.#advance();
      this.#reserveAhead(reserve);
    });
  }
}
