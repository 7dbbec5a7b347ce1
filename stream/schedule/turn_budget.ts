/**
 * Turns of the event loop, fairly shared. A socket that always has more is read on and on without one: measured, one
 * publisher that flooded tiny key frames held everybody else up for seconds.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";

/** Work on its messages after which a connection lets the others have their turn, milliseconds. */
const TURN_MS = 2;

/** Counts the work of one connection. */
export class TurnBudget {
  readonly #clock: Clock;
  #workedMs = 0;

  /** A whole turn. A timer of 0 ms on `clock` is the next one. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * So much work was done.
   *
   * @returns To be waited for before more is done; `undefined` while it is this connection's turn.
   */
  worked(ms: number): Promise<void> | undefined {
    this.#workedMs += ms;
    if (this.#workedMs < TURN_MS) return undefined;
    this.#workedMs = 0;
    return new Promise((resolve) => this.#clock.setTimeout(resolve, 0));
  }
}
