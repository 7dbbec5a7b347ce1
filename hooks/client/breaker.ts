/**
 * The breaker: after errors in a row an origin gets no requests for a while, then one as a probe.
 * Pure: the caller says when it is.
 *
 * @module
 */

/** `closed` permits calls, `open` does not, `probing` waits for the one call that was permitted. */
export type BreakerState = "closed" | "open" | "probing";

/** Permission for one call, whose outcome is reported once. */
export type Permit = "call" | "probe";

/** Counts errors in a row. */
export class Breaker {
  readonly #failures: number;
  readonly #openMs: number;
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

  /** The service answered. @returns Whether this closed it. */
  succeed(): boolean {
    const reopened = this.#state !== "closed";
    this.#inARow = 0;
    this.#state = "closed";
    return reopened;
  }

  /** The service gave no usable answer. @returns Whether this opened it. */
  fail(nowMs: number): boolean {
    this.#inARow++;
    if (this.#state === "closed" && this.#inARow < this.#failures) return false;
    const opened = this.#state === "closed";
    this.#state = "open";
    this.#openUntil = nowMs + this.#openMs;
    return opened;
  }

  /** The call ended without showing the service's state: its client left. If it was the probe, the next call is. */
  cancel(permit: Permit): void {
    if (permit === "probe" && this.#state === "probing") this.#state = "open";
  }
}
