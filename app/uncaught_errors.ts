/**
 * The last handler: an uncaught error is our bug: it is logged and counted, and ends no
 * stream.
 *
 * @module
 */

/** Called for each error, with how many there were. */
export type ReportError = (error: unknown, count: number) => void;

/** Catches what was not caught while it exists. */
export class UncaughtErrors {
  readonly #report: ReportError;
  readonly #onError: (event: ErrorEvent) => void;
  readonly #onRejection: (event: PromiseRejectionEvent) => void;
  #count = 0;

  /** Starts catching. */
  constructor(report: ReportError) {
    this.#report = report;
    this.#onError = (event) => this.#caught(event, event.error);
    this.#onRejection = (event) => this.#caught(event, event.reason);
    globalThis.addEventListener("error", this.#onError);
    globalThis.addEventListener("unhandledrejection", this.#onRejection);
  }

  /** Faults so far. */
  get count(): number {
    return this.#count;
  }

  /** Stop catching. */
  [Symbol.dispose](): void {
    globalThis.removeEventListener("error", this.#onError);
    globalThis.removeEventListener("unhandledrejection", this.#onRejection);
  }

  #caught(event: Event, error: unknown): void {
    event.preventDefault();
    this.#count += 1;
    this.#report(error, this.#count);
  }
}
