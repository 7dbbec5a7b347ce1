/**
 * Notices that the system's clock was set while the process runs.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";

/** Less is a clock that is being adjusted. */
const STEP_MS = 2000;

/** Compares the two clocks from time to time. */
export class WallWatch {
  readonly #clock: Clock;
  #offset: number;

  /** @param clock As it is at this moment. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.wallNow() - clock.now();
  }

  /** By how much the wall clock was set since it was last found set, milliseconds, ahead or back; 0 for not at all. */
  stepMs(): number {
    const offset = this.#clock.wallNow() - this.#clock.now();
    const step = offset - this.#offset;
    if (Math.abs(step) < STEP_MS) return 0;
    this.#offset = offset;
    return Math.round(step);
  }
}
