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
  #beganMs = 0;
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

  /** The connection works from here on. Since its bytes arrived, many others may have worked. */
  begin(): void {
    this.#beganMs = this.#now();
  }

  /** It has worked: the next turn, to be waited for where it has had enough of this one. */
  end(): Promise<void> | undefined {
    this.#workedMs += this.#now() - this.#beganMs;
    if (this.#workedMs < TURN_MS) return undefined;
    this.#workedMs = 0;
    return new Promise((resolve) => this.#clock.setTimeout(resolve, 0));
  }
}

/** What a read brought, in parts after each of which the time is to be looked at. */
export function inBatches<T>(messages: readonly T[]): readonly (readonly T[])[] {
  if (messages.length <= BATCH_MESSAGES) return [messages];
  const count = Math.ceil(messages.length / BATCH_MESSAGES);
  return Array.from(
    { length: count },
    (_, index) => messages.slice(index * BATCH_MESSAGES, (index + 1) * BATCH_MESSAGES),
  );
}
