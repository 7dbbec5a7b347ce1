/**
 * Detects that the system's clock was set while the process runs.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";

/** A smaller step is an adjustment of the clock's rate. */
const STEP_MS = 2000;

/** Compares the wall clock with the monotonic one. */
export class WallWatch {
  readonly #clock: Clock;
  #offset: number;

  /** @param clock As it is at this moment. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.wallNow() - clock.now();
  }

  /** By how much the wall clock was set since the last step found, in milliseconds, negative for back; 0 for no step. */
  stepMs(): number {
    const offset = this.#clock.wallNow() - this.#clock.now();
    const step = offset - this.#offset;
    if (Math.abs(step) < STEP_MS) return 0;
    this.#offset = offset;
    return Math.round(step);
  }
}
