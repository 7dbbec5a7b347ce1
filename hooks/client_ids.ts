/**
 * Numbers for connections, reserved in blocks so that none repeats while an ending of it may be untold.
 *
 * @module
 */

/** Takes a block and gives its first number; `undefined` while none can be had. */
export type ReserveBlock = () => Promise<number | undefined>;

/** Counts through blocks. */
export class ClientIdBlocks {
  readonly #blockSize: number;
  readonly #reserve: ReserveBlock | undefined;
  #next: number;
  #left: number;
  #following: number | undefined;
  #reserving = false;

  /**
   * @param first The first number of the first block.
   * @param reserve `undefined` counts on without end.
   */
  constructor(first: number, blockSize: number, reserve: ReserveBlock | undefined) {
    this.#next = first;
    this.#left = blockSize;
    this.#blockSize = blockSize;
    this.#reserve = reserve;
  }

  /** A number that no other connection has. */
  next(): number {
    if (this.#reserve === undefined) return this.#next++;
    // Half a block ahead, so that nobody ever waits for a number.
    if (this.#left <= this.#blockSize / 2 && this.#following === undefined && !this.#reserving) {
      this.#fetch(this.#reserve);
    }
    if (this.#left <= 0 && this.#following !== undefined) {
      // Numbers of the new block that were counted on to before it came are not given again.
      const end = this.#following + this.#blockSize;
      const countedFrom = this.#next + this.#left;
      const overlaps = this.#following < this.#next && end > countedFrom;
      if (!overlaps) this.#next = this.#following;
      this.#left = end - this.#next;
      this.#following = undefined;
    }
    // Without a new block, because the disk fails, counting on is the best there is.
    this.#left--;
    return this.#next++;
  }

  #fetch(reserve: ReserveBlock): void {
    this.#reserving = true;
    void reserve().then((first) => {
      this.#reserving = false;
      if (first !== undefined) this.#following = first;
    });
  }
}
