/**
 * Equal questions that meet share one answer, and the one call goes on as long as anybody waits for it.
 *
 * @module
 */

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  waiters: number;
}

/** How sharing went: the answer, whether it was somebody else's, or that this waiter left. */
export type Shared<T> =
  | { readonly kind: "settled"; readonly value: T; readonly joined: boolean }
  | { readonly kind: "left" };

/** Calls under way by question. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * Wait for the answer to a question, asking it if nobody does.
   *
   * @param start Asks; must not reject. Its signal aborts when all waiters have left.
   * @param signal This waiter leaves.
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
      // Nobody may join a call that is being given up.
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
