/**
 * How many calls an origin gets at a time, shared between requests and notifications so that neither
 * starves the other.
 *
 * @module
 */
import { type Clock, Deque } from "../../core/mod.ts";

/** How waiting for a slot ended. */
export type SlotOutcome = "granted" | "aborted" | "expired";

interface Waiter {
  settled: boolean;
  settle(outcome: SlotOutcome): void;
}

/**
 * Slots of one origin. Requests go first: a client is waiting. They leave one slot to notifications, which in turn take
 * no more than half, so that a service that hangs on notifications still gets requests.
 */
export class CallSlots {
  readonly #clock: Clock;
  #max: number;
  /** Those that left or waited too long stay until their turn comes. */
  readonly #queue = new Deque<Waiter>();
  #waiting = 0;
  #requests = 0;
  #notifications = 0;
  #lastWasRequest = false;
  #onFree: () => boolean = () => false;

  /** @param max Calls at a time, 1 or more. */
  constructor(max: number, clock: Clock) {
    this.#clock = clock;
    this.#max = max;
  }

  /** Calls at a time from here on; those under way stay, and those that wait begin where there is room now. */
  resize(max: number): void {
    this.#max = max;
    this.#grant();
  }

  /** Calls under way, and requests that wait for a slot. */
  get counts(): { readonly active: number; readonly waiting: number } {
    return { active: this.#requests + this.#notifications, waiting: this.#waiting };
  }

  /** @param start Called when a slot for a notification is free: takes it and returns whether it did. */
  onFree(start: () => boolean): void {
    this.#onFree = start;
  }

  /** Take a slot for a request; `false` when none is free. */
  tryRequest(): boolean {
    if (this.#waiting > 0 || !this.#hasRequestSlot()) return false;
    this.#requests++;
    return true;
  }

  /** Wait for a slot, no longer than `maxWaitMs` or until `signal` aborts. */
  waitForRequest(signal: AbortSignal, maxWaitMs: number): Promise<SlotOutcome> {
    if (signal.aborted) return Promise.resolve("aborted");
    if (maxWaitMs <= 0) return Promise.resolve("expired");
    return new Promise((resolve) => {
      const waiter: Waiter = {
        settled: false,
        settle: (outcome) => {
          if (waiter.settled) return;
          waiter.settled = true;
          this.#waiting--;
          timer.clear();
          signal.removeEventListener("abort", onAbort);
          resolve(outcome);
        },
      };
      const onAbort = () => waiter.settle("aborted");
      const timer = this.#clock.setTimeout(() => waiter.settle("expired"), maxWaitMs);
      signal.addEventListener("abort", onAbort);
      this.#queue.pushBack(waiter);
      this.#waiting++;
    });
  }

  /** A request's call is over. */
  releaseRequest(): void {
    this.#requests--;
    this.#lastWasRequest = true;
    this.#grant();
  }

  /** Take a slot for a notification; `false` when none is free. */
  tryNotification(): boolean {
    const most = Math.max(1, Math.floor(this.#max / 2));
    if (this.#notifications >= most || this.#requests + this.#notifications >= this.#max) return false;
    this.#notifications++;
    return true;
  }

  /** A notification's call is over. */
  releaseNotification(): void {
    this.#notifications--;
    this.#lastWasRequest = false;
    this.#grant();
  }

  #hasRequestSlot(): boolean {
    const most = Math.max(1, this.#max - 1);
    return this.#requests < most && this.#requests + this.#notifications < this.#max;
  }

  #grant(): void {
    // With a single slot the two kinds take turns.
    if (this.#max === 1 && this.#lastWasRequest && this.#onFree()) return;
    while (this.#hasRequestSlot()) {
      const waiter = this.#queue.popFront();
      if (waiter === undefined) break;
      if (waiter.settled) continue;
      this.#requests++;
      waiter.settle("granted");
    }
    while (this.#onFree());
  }
}
