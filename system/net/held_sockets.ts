/**
 * Sockets of clients by TLS that the runtime does not let go of: those that shake hands, and those that were closed in
 * vain.
 *
 * @module
 */

/** Counts those of one listener. */
export class HeldSockets {
  readonly #sockets = new Set<object>();
  readonly #grown: () => void;
  #givenUp = 0;

  /** @param grown Called when one is added or given up. */
  constructor(grown: () => void) {
    this.#grown = grown;
  }

  /** Now. */
  get count(): number {
    return this.#sockets.size;
  }

  /** Clients that were given up while they had to do something, since {@link HeldSockets.forget}. */
  get givenUp(): number {
    return this.#givenUp;
  }

  /** It is held. */
  add(socket: object): void {
    this.#sockets.add(socket);
    this.#grown();
  }

  /** Its client was given up; whether it is held is another matter. */
  giveUp(): void {
    this.#givenUp++;
    this.#grown();
  }

  /** It is not held any longer. */
  delete(socket: object): void {
    this.#sockets.delete(socket);
  }

  /** Count those that are given up from 0. */
  forget(): void {
    this.#givenUp = 0;
  }
}
