/**
 * Things that came and wait to be taken, and waits for things that have not come.
 *
 * @module
 */

/**
 * How long a wait for what has to come may last, milliseconds. It bounds a test that has failed, nothing else: on a
 * busy machine a server with its players may need many seconds for what takes one.
 */
export const PATIENCE_MS = 60_000;

interface Waiter {
  /** Looks for what it waits for; whether it is done. */
  attempt(): boolean;
  fail(error: Error): void;
}

/** Things in order of arrival, taken by what they are. */
export class Inbox<T> {
  readonly #waitMs: number;
  readonly #describe: (item: T) => string;
  readonly #items: T[] = [];
  readonly #waiters = new Set<Waiter>();
  #failure: Error | undefined;

  /**
   * @param waitMs How long a wait may last before it fails.
   * @param describe Names an item, for the message of a wait that failed.
   */
  constructor(waitMs: number, describe: (item: T) => string) {
    this.#waitMs = waitMs;
    this.#describe = describe;
  }

  /** What nobody has taken, oldest first. */
  get items(): readonly T[] {
    return this.#items;
  }

  /** Something came. */
  put(item: T): void {
    this.#items.push(item);
    this.notify();
  }

  /** The world changed: those who wait for a condition look again. */
  notify(): void {
    for (const waiter of this.#waiters) if (waiter.attempt()) this.#waiters.delete(waiter);
  }

  /** Nothing more will come: who waits, or begins to wait for what is not there, gets the first such error. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const waiter of this.#waiters) waiter.fail(this.#failure);
    this.#waiters.clear();
  }

  /** Take the oldest item that fits, when it is there. */
  async take(predicate: (item: T) => boolean, what: string): Promise<T> {
    const found: T[] = [];
    await this.until(() => {
      const index = this.#items.findIndex(predicate);
      if (index < 0) return false;
      found.push(...this.#items.splice(index, 1));
      return true;
    }, what);
    const [item] = found;
    if (item === undefined) throw new Error(`Cannot take ${what}: it was not kept`);
    return item;
  }

  /** Wait until a condition holds; it is looked at when something comes and at `notify`. */
  async until(condition: () => boolean, what: string): Promise<void> {
    if (condition()) return;
    if (this.#failure !== undefined) throw this.#refuse(what, this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      attempt: () => {
        try {
          if (!condition()) return false;
          resolve();
        } catch (error) {
          // The waiter's own mistake: it must not end the caller that put something in.
          reject(error);
        }
        return true;
      },
      fail: (error) => reject(this.#refuse(what, error)),
    };
    this.#waiters.add(waiter);
    const timer = setTimeout(() => waiter.fail(new Error(`${this.#waitMs} ms have passed`)), this.#waitMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  #refuse(what: string, cause: Error): Error {
    const there = this.#items.map(this.#describe).join(", ");
    return new Error(`Cannot wait for ${what}: ${cause.message}; not taken: ${there || "nothing"}`, {
      cause,
    });
  }
}
