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

/** Shares the work of one connection out over turns. */
export class TurnBudget {
  readonly #clock: Clock;
  readonly #now: () => number;
  #workedMs = 0;

  /**
   * A whole turn.
   *
   * @param clock A timer of 0 ms on it is the next turn.
   * @param now Measures the work, milliseconds.
   */
  constructor(clock: Clock, now: () => number) {
    this.#clock = clock;
    this.#now = now;
  }

  /**
   * Work through what a read brought. Only the work itself counts: since the bytes arrived, many others may have worked.
   *
   * @param work Called with all of `messages`, in order, some at a time.
   */
  async work<T>(messages: readonly T[], work: (batch: readonly T[]) => void): Promise<void> {
    for (let at = 0; at < messages.length; at += BATCH_MESSAGES) {
      const startedMs = this.#now();
      work(messages.length <= BATCH_MESSAGES ? messages : messages.slice(at, at + BATCH_MESSAGES));
      this.#workedMs += this.#now() - startedMs;
      if (this.#workedMs < TURN_MS) continue;
      this.#workedMs = 0;
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, 0));
    }
  }
}
