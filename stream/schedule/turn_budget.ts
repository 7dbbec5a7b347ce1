/**
 * Turns of the event loop, fairly shared. A socket that always has more is read on and on without one: measured, one
 * publisher that flooded tiny key frames held everybody else up for seconds.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";

/** Messages after which the time is looked at: one read can bring 10,000. */
const BATCH_MESSAGES = 128;
/** Work on its messages after which a connection lets the others have their turn, milliseconds. */
const TURN_MS = 2;

/** Whose work is shared out. */
export interface TurnWorker<T> {
  /** Work on some of what a read brought. */
  work(items: readonly T[]): void;
}

/** Shares the work of one connection out over turns. */
export class TurnBudget<T> {
  readonly #worker: TurnWorker<T>;
  readonly #clock: Clock;
  readonly #now: () => number;
  #endedMs = 0;
  #workedMs = 0;

  /**
   * A whole turn.
   *
   * @param clock A timer of 0 ms on it is the next turn.
   * @param now Measures the work, milliseconds.
   */
  constructor(worker: TurnWorker<T>, clock: Clock, now: () => number) {
    this.#worker = worker;
    this.#clock = clock;
    this.#now = now;
  }

  /**
   * Have the worker work on what a read brought.
   *
   * @param nowMs What `now` says. Since its bytes arrived, many others may have worked.
   * @returns To be waited for before the next read: the next turn, where it has had enough of this one.
   */
  spend(items: readonly T[], nowMs: number): Promise<void> | undefined {
    return items.length <= BATCH_MESSAGES ? this.#work(items, nowMs) : this.#workInBatches(items);
  }

  async #workInBatches(items: readonly T[]): Promise<void> {
    for (let at = 0; at < items.length; at += BATCH_MESSAGES) {
      const nextTurn = this.#work(items.slice(at, at + BATCH_MESSAGES), this.#now());
      if (nextTurn !== undefined) await nextTurn;
    }
  }

  #work(items: readonly T[], beganMs: number): Promise<void> | undefined {
    // Others have had a turn meanwhile: to wait for the next one would wake the process for nothing.
    if (beganMs - this.#endedMs > TURN_MS) this.#workedMs = 0;
    this.#worker.work(items);
    this.#endedMs = this.#now();
    this.#workedMs += this.#endedMs - beganMs;
    if (this.#workedMs < TURN_MS) return undefined;
    this.#workedMs = 0;
    return new Promise((resolve) => this.#clock.setTimeout(resolve, 0));
  }
}
