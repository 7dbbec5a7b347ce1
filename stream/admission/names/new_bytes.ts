/**
 * Whether a socket has brought new bytes since a moment. What was in it at that moment is not new: only what comes
 * after it was seen empty. Pure.
 *
 * @module
 */
import type { ReadMark } from "../../live/mod.ts";

/** Watches one socket. */
export class NewBytes {
  readonly #since: ReadMark;
  /** Reads up to when the socket was seen empty. */
  #emptyAfter: number | undefined;
  /** Reads before the one that was seen waiting at the last look. */
  #waitingAfter: number | undefined;

  /**
   * Bytes of a socket from a moment on.
   *
   * @param since The socket at the moment from which bytes count.
   */
  constructor(since: ReadMark) {
    this.#since = since;
  }

  /** Whether the socket was seen empty since then. */
  get sawEmpty(): boolean {
    return this.#emptyAfter !== undefined;
  }

  /**
   * Look at the socket again, in another turn of the event loop.
   *
   * @returns Whether new bytes have come.
   */
  look(now: ReadMark): boolean {
    if (this.#emptyAfter !== undefined) return now.reads > this.#emptyAfter;
    const { drains } = this.#since;
    if (now.drains > drains) {
      // Anything after the first read that left it empty is new.
      if (now.drains > drains + 1 || !now.drained) return true;
      this.#emptyAfter = now.reads;
    } else if (now.waiting) {
      // The same read at two looks: the system had nothing for it. At one look the loop may not have been given it yet.
      if (now.reads === this.#waitingAfter) this.#emptyAfter = now.reads;
      this.#waitingAfter = now.reads;
    }
    return false;
  }
}
