/**
 * Decides when the outbox's changes are written: all changes of a turn of the event loop in one batch, and while a batch
 * is being written the next one grows.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import { setImmediate } from "node:timers";
import { BurstDetector } from "./burst_detector.ts";

/** Time in which changes without a waiter are collected, milliseconds. */
const COALESCE_MS = 20;
/** Promise reactions after which all input of this turn of the event loop has been processed. */
const TURN_HOPS = 30;

/** Batches of changes, one after another. */
export class WriteBatcher {
  readonly #clock: Clock;
  readonly #write: () => Promise<unknown>;
  /** The batch that collects changes, and the one that is being written. */
  #collecting: PromiseWithResolvers<void> | undefined;
  #writing: Promise<void> | undefined;
  /** The batch that collects has a waiter. */
  #urgent = false;
  readonly #bursts = new BurstDetector();
  #timer: Timer | undefined;

  /** @param write Writes all changes so far; must not reject. */
  constructor(clock: Clock, write: () => Promise<unknown>) {
    this.#clock = clock;
    this.#write = write;
  }

  /** A change has to be written: with the next batch that has a waiter, or soon without one. */
  add(): void {
    if (this.#collecting !== undefined) return;
    this.#collecting = Promise.withResolvers();
    this.#urgent = false;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined;
      this.#urgent = true;
      this.#flush();
    }, COALESCE_MS);
  }

  /** Resolves when all changes so far were written, or given up by {@link WriteBatcher.cancel}. */
  written(): Promise<void> {
    const batch = this.#collecting;
    if (batch === undefined) return this.#writing ?? Promise.resolve();
    this.#bursts.count(this.#clock.now());
    if (!this.#urgent) {
      this.#urgent = true;
      if (this.#writing === undefined) void this.#flushSoon();
    }
    return batch.promise;
  }

  /** Resolves when no batch is being written. */
  async idle(): Promise<void> {
    await this.#writing;
  }

  /** Do not write the batch that collects; its waiters wait no longer. */
  cancel(): void {
    const batch = this.#collecting;
    this.#collecting = undefined;
    this.#stopTimer();
    batch?.resolve();
  }

  /** After the other changes of this turn of the event loop, and in a burst after those of the next one. */
  async #flushSoon(): Promise<void> {
    if (this.#bursts.isBurst) await new Promise<void>((resolve) => setImmediate(resolve));
    else for (let hop = 0; hop < TURN_HOPS; hop++) await undefined;
    this.#flush();
  }

  #flush(): void {
    const batch = this.#collecting;
    if (batch === undefined || !this.#urgent || this.#writing !== undefined) return;
    this.#stopTimer();
    this.#collecting = undefined;
    this.#writing = batch.promise;
    void this.#write().finally(() => {
      this.#writing = undefined;
      batch.resolve();
      this.#flush();
    });
  }

  #stopTimer(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }
}
