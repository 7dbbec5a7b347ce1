/**
 * How many calls an origin gets at a time, shared between what is asked and what is told so that neither can
 * starve the other.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { Fifo } from "../delivery/fifo.ts";

/** How waiting for a slot ended. */
export type SlotOutcome = "granted" | "aborted" | "expired";

interface Waiter {
  settled: boolean;
  settle(outcome: SlotOutcome): void;
}

/**
 * Slots of one origin. Asks go first: a client is waiting. They leave one slot to what is told, which in turn
 * takes no more than half, so that a service that hangs on endings still hears asks.
 */
export class CallSlots {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #maxAsks: number;
  readonly #maxTells: number;
  readonly #waiting = new Fifo<Waiter>();
  #asks = 0;
  #tells = 0;
  #lastWasAsk = false;
  #onFree: () => boolean = () => false;

  /** @param max Calls at a time, 1 or more. */
  constructor(max: number, clock: Clock) {
    this.#clock = clock;
    this.#max = max;
    this.#maxAsks = Math.max(1, max - 1);
    this.#maxTells = Math.max(1, Math.floor(max / 2));
  }

  /** Calls under way, and asks that wait for one. */
  get counts(): { readonly active: number; readonly waiting: number } {
    return { active: this.#asks + this.#tells, waiting: this.#waiting.size };
  }

  /** @param start Called when a slot for a tell is free: takes it and answers whether it did. */
  onFree(start: () => boolean): void {
    this.#onFree = start;
  }

  /** Take a slot at once, or `false`. */
  tryAsk(): boolean {
    if (this.#waiting.size > 0 || !this.#hasAskSlot()) return false;
    this.#asks++;
    return true;
  }

  /** Wait for a slot, no longer than `maxWaitMs` or until `signal` aborts. */
  waitAsk(signal: AbortSignal, maxWaitMs: number): Promise<SlotOutcome> {
    if (signal.aborted) return Promise.resolve("aborted");
    if (maxWaitMs <= 0) return Promise.resolve("expired");
    return new Promise((resolve) => {
      const waiter: Waiter = {
        settled: false,
        settle: (outcome) => {
          if (waiter.settled) return;
          waiter.settled = true;
          timer.clear();
          signal.removeEventListener("abort", leave);
          resolve(outcome);
        },
      };
      const leave = () => waiter.settle("aborted");
      const timer = this.#clock.setTimeout(() => waiter.settle("expired"), maxWaitMs);
      signal.addEventListener("abort", leave);
      this.#waiting.push(waiter);
    });
  }

  /** An ask's call is over. */
  releaseAsk(): void {
    this.#asks--;
    this.#lastWasAsk = true;
    this.#grant();
  }

  /** Take a slot for a tell, or `false`. */
  tryTell(): boolean {
    if (this.#tells >= this.#maxTells || this.#asks + this.#tells >= this.#max) return false;
    this.#tells++;
    return true;
  }

  /** A tell's call is over. */
  releaseTell(): void {
    this.#tells--;
    this.#lastWasAsk = false;
    this.#grant();
  }

  #hasAskSlot(): boolean {
    return this.#asks < this.#maxAsks && this.#asks + this.#tells < this.#max;
  }

  #grant(): void {
    // With a single slot the two kinds take turns.
    if (this.#max === 1 && this.#lastWasAsk && this.#onFree()) return;
    while (this.#hasAskSlot()) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) break;
      if (waiter.settled) continue;
      this.#asks++;
      waiter.settle("granted");
    }
    while (this.#onFree());
  }
}
