/**
 * Concurrent equal requests share one answer; the call continues while any of them waits for it.
 *
 * @module
 */

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  waiters: number;
}

/** The answer and whether another request's call gave it, or that this waiter left. */
export type Shared<T> =
  | { readonly kind: "settled"; readonly value: T; readonly joined: boolean }
  | { readonly kind: "left" };

/** Calls under way by key. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * Wait for the answer to a request; start a call if none is under way.
   *
   * @param start Makes the call; must not reject. Its signal aborts when all waiters have left.
   * @param signal Aborts when this waiter leaves.
   */
  async share(
    key: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<Shared<T>> {
    const running = this.#flights.get(key);
    const flight = running ?? this.#launch(key, start);
    flight.waiters++;
    const left = Promise.withResolvers<undefined>();
    const onAbort = () => left.resolve(undefined);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    const settled = await Promise.race([flight.result.then((value) => ({ value })), left.promise]);
    signal.removeEventListener("abort", onAbort);
    flight.waiters--;
    if (settled !== undefined) {
      return { kind: "settled", value: settled.value, joined: running !== undefined };
    }
    if (flight.waiters === 0) {
      // A call that is being aborted must not be joined.
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      flight.abort.abort();
    }
    return { kind: "left" };
  }

  #launch(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const flight = { result: start(abort.signal), abort, waiters: 0 };
    this.#flights.set(key, flight);
    void flight.result.then(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    return flight;
  }
}
