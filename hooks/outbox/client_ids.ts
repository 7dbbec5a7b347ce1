/**
 * Numbers for connections, reserved in blocks so that none repeats while an ending of it may be untold.
 *
 * @module
 */

/** Takes a block of numbers, none below `from`, and gives its first; `undefined` while none can be had. */
export type ReserveBlock = (from: number) => Promise<number | undefined>;

/** Counts through blocks. */
export class ClientIdBlocks {
  readonly #blockSize: number;
  readonly #reserve: ReserveBlock | undefined;
  #next: number;
  /** Behind the last number of the block. */
  #end: number;
  /** The first number of the block behind this one. */
  #following: number | undefined;
  #reserving = false;

  /**
   * @param first The first number of the first block.
   * @param reserve `undefined` counts on without end.
   */
  constructor(first: number, blockSize: number, reserve: ReserveBlock | undefined) {
    this.#next = first;
    this.#end = first + blockSize;
    this.#blockSize = blockSize;
    this.#reserve = reserve;
  }

  /** A number that no other connection has. */
  next(): number {
    if (this.#reserve === undefined) return this.#next++;
    this.#advance();
    this.#reserveAhead(this.#reserve);
    // Without a new block, because the disk is slow or fails, counting on is the best there is.
    return this.#next++;
  }

  #advance(): void {
    if (this.#next < this.#end || this.#following === undefined) return;
    // Numbers of the block that were counted on to before it came are not given again.
    this.#next = Math.max(this.#next, this.#following);
    this.#end = this.#following + this.#blockSize;
    this.#following = undefined;
  }

  /** Half a block ahead, so that nobody ever waits for a number. */
  #reserveAhead(reserve: ReserveBlock): void {
    if (this.#end - this.#next > this.#blockSize / 2 || this.#following !== undefined || this.#reserving) {
      return;
    }
    this.#reserving = true;
    // What was counted on to is reserved as well: a block begins behind it.
    void reserve(Math.max(this.#next, this.#end)).then((first) => {
      this.#reserving = false;
      if (first === undefined) return;
      this.#following = first;
      this.#advance();
      this.#reserveAhead(reserve);
    });
  }
}
