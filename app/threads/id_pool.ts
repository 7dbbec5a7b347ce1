/**
 * Client ids of a media thread: blocks of numbers from the main thread, asked for before they run out.
 *
 * @module
 */
import type { ClientIds } from "../../core/mod.ts";

/** Gives out the numbers of its blocks, each once. */
export class IdPool implements ClientIds {
  readonly #blocks: (readonly number[])[];
  readonly #askForMore: () => void;
  #used = 0;

  /**
   * @param blocks As many as last while another one is fetched, however busy the main thread is.
   * @param askForMore Called for each block that is used up.
   */
  constructor(blocks: readonly (readonly number[])[], askForMore: () => void) {
    this.#blocks = [...blocks];
    this.#askForMore = askForMore;
  }

  /** A block that was asked for. */
  add(block: readonly number[]): void {
    this.#blocks.push(block);
  }

  /**
   * @inheritdoc
   * @throws {Error} When the main thread is so far behind that there is no number left.
   */
  next(): number {
    const block = this.#blocks[0];
    const id = block?.[this.#used++];
    if (block === undefined || id === undefined) {
      throw new Error("No client ids are left: the main thread is too busy to give more");
    }
    if (this.#used === block.length) {
      this.#blocks.shift();
      this.#used = 0;
      this.#askForMore();
    }
    return id;
  }
}
