/**
 * Since when the process runs, whatever becomes of the system's clock.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";

/** A wall clock that differs from before by less is only being adjusted. */
const STEP_MS = 1000;

/** Measures from its own making. */
export class ProcessTimes {
  readonly #clock: Clock;
  readonly #from: number;
  #startedAt: number;

  /** @param runningMs How long the process runs already. */
  constructor(clock: Clock, runningMs = 0) {
    this.#clock = clock;
    this.#from = clock.now() - runningMs;
    this.#startedAt = clock.wallNow() - runningMs;
  }

  /** How long it has run, milliseconds; never goes back. */
  uptimeMs(): number {
    return this.#clock.now() - this.#from;
  }

  /** When it began as today's wall clock has it, milliseconds since 1970; the same until that clock is set. */
  startedAt(): number {
    const startedAt = Math.round(this.#clock.wallNow() - this.uptimeMs());
    if (Math.abs(startedAt - this.#startedAt) >= STEP_MS) this.#startedAt = startedAt;
    return this.#startedAt;
  }
}
