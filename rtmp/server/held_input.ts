/**
 * What arrives while a request awaits its answer: up to a bound it waits in memory, beyond it in the socket, so that
 * TCP slows the sender down. Relays send media right after `publish` and never wait for an answer: nothing of it is
 * lost, and nothing is taken before the answer.
 *
 * A socket that is not read shows less of its client: a FIN or a command after unread data is seen only once the data
 * has been read. A reset is seen by the next write, so such a client is pinged: {@link KeepAlive}.
 *
 * @module
 */

/** What has been read of a connection and waits. */
export interface Held {
  /** Whether a request awaits its answer. */
  readonly awaitsAnswer: boolean;
  /** Messages that wait for it, bytes. */
  readonly heldBytes: number;
}

/** What has been read of a message whose end has not come. */
export interface Unfinished {
  /** Bytes of all such messages. */
  readonly partialBytes: number;
}

/** Decides whether a connection's socket is read. */
export class HeldInput {
  readonly #held: Held;
  readonly #unfinished: Unfinished;
  readonly #maxBytes: number;
  readonly #onUnread: () => void;
  #open: (() => void) | undefined;
  #ended = false;

  /**
   * @param maxBytes What may wait in memory. A read that is under way may go beyond it by its own size.
   * @param onUnread Called each time that the socket is left unread.
   */
  constructor(held: Held, unfinished: Unfinished, maxBytes: number, onUnread: () => void) {
    this.#held = held;
    this.#unfinished = unfinished;
    this.#maxBytes = maxBytes;
    this.#onUnread = onUnread;
  }

  /** Whether what is read now has to wait: then only a little is read at a time. */
  get waits(): boolean {
    return this.#held.awaitsAnswer && !this.#ended;
  }

  /** Whether the socket is left unread. */
  get unread(): boolean {
    return this.#open !== undefined;
  }

  /** To be waited for before the next read; `undefined` when there is room. */
  full(): Promise<void> | undefined {
    if (!this.#isFull()) return undefined;
    this.#onUnread();
    return new Promise((resolve) => this.#open = resolve);
  }

  /** What was held has been taken: read on, if there is room now. */
  taken(): void {
    if (!this.#isFull()) this.#resume();
  }

  /** The connection is over: what still comes is read and dropped. */
  end(): void {
    this.#ended = true;
    this.#resume();
  }

  #isFull(): boolean {
    return this.waits && this.#held.heldBytes + this.#unfinished.partialBytes >= this.#maxBytes;
  }

  #resume(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.();
  }
}
