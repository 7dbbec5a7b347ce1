/**
 * The breaker: after errors in a row an origin is not asked for a while, then by one probe.
 * Pure: the caller says when it is.
 *
 * @module
 */

/** `closed` asks, `open` does not, `probing` waits for the one ask that was let through. */
export type BreakerState = "closed" | "open" | "probing";

/** Leave to ask, to be reported on once. */
export type Leave = "ask" | "probe";

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

  /** As the last question or answer left it. */
  get state(): BreakerState {
    return this.#state;
  }

  /** May an ask go out? `undefined` for no. */
  admit(nowMs: number): Leave | undefined {
    if (this.#state === "closed") return "ask";
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

  /** An ask ended without telling anything: its client left. If it was the probe, the next ask is. */
  forfeit(leave: Leave): void {
    if (leave === "probe" && this.#state === "probing") this.#state = "open";
  }
}
