/**
 * How much is written at a time, over all streams: a disk that hangs holds few of the runtime's threads, and what waits for
 * it is bounded.
 *
 * @module
 */

/** Streams that are written at the same time. */
const MAX_WRITERS = 4;
/** What may wait, over all streams; above it streams lose what has waited longest. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;

/** Lets a few at a time write. */
export class WriteQueue {
  /** Of segments that wait. */
  waitingBytes = 0;
  #active = 0;
  readonly #turns: (() => void)[] = [];

  /** As much waits as may. */
  get isFull(): boolean {
    return this.waitingBytes > MAX_WAITING_BYTES;
  }

  /** Do something when it is its turn. */
  async run(task: () => Promise<void>): Promise<void> {
    if (this.#active >= MAX_WRITERS) await new Promise<void>((resolve) => this.#turns.push(resolve));
    else this.#active++;
    try {
      await task();
    } finally {
      const next = this.#turns.shift();
      if (next === undefined) this.#active--;
      else next();
    }
  }
}
