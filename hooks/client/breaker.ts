/**
 * The breaker: after errors in a row an origin gets no requests for a while, then one as a probe. Until that probe has
 * its outcome, outcomes of calls that were permitted before do not count: a service that answers some of them would
 * close the breaker and let it open again at once, over and over. Pure: the caller says when it is.
 *
 * @module
 */

/** `closed` permits calls, `open` does not, `probing` waits for the one call that was permitted. */
export type BreakerState = "closed" | "open" | "probing";

/** Permission for one call, whose outcome is reported once. */
export type Permit = "call" | "probe";

/** Counts errors in a row. */
export class Breaker {
  #failures: number;
  #openMs: number;
  #inARow = 0;
  #openUntil = 0;
  #state: BreakerState = "closed";

  /**
   * @param failures Errors in a row that open it, 1 or more.
   * @param openMs How long it stays open.
   */
  constructor(failures: number, openMs: number) {
    this.#failures = failures;
    this.#openMs = openMs;
  }

  /** Limits from here on, as in the constructor; a pause under way lasts as long as it was to. */
  setLimits(failures: number, openMs: number): void {
    this.#failures = failures;
    this.#openMs = openMs;
  }

  /** Its state after the last call of a method. */
  get state(): BreakerState {
    return this.#state;
  }

  /** Whether a request may be sent; `undefined` where not. */
  admit(nowMs: number): Permit | undefined {
    if (this.#state === "closed") return "call";
    if (this.#state === "probing" || nowMs < this.#openUntil) return undefined;
    this.#state = "probing";
    return "probe";
  }

  /** The service answered the call of this permit. @returns Whether this closed the breaker. */
  succeed(permit: Permit): boolean {
    if (!this.#counts(permit)) return false;
    const wasProbe = this.#state === "probing";
    this.#inARow = 0;
    this.#state = "closed";
    return wasProbe;
  }

  /** The call of this permit got no usable answer. @returns Whether this opened the breaker. */
  fail(permit: Permit, nowMs: number): boolean {
    if (!this.#counts(permit)) return false;
    this.#inARow++;
    const opened = this.#state === "closed";
    if (opened && this.#inARow < this.#failures) return false;
    this.#state = "open";
    this.#openUntil = nowMs + this.#openMs;
    return opened;
  }

  /** The call ended without showing the service's state: its client left. If it was the probe, the next call is. */
  cancel(permit: Permit): void {
    if (permit === "probe") this.#state = "open";
  }

  /** A call counts while the breaker is closed, the probe always: nothing else ends its turn. */
  #counts(permit: Permit): boolean {
    return permit === "probe" || this.#state === "closed";
  }
}
