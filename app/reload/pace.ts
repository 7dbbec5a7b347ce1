/**
 * The pace of a reload: on one thread, media waits for each of its turns of the event loop.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { delay } from "../../system/mod.ts";

/** How long a turn may take before others have theirs, milliseconds. */
const TURN_MS = 8;

/** Makes pauses. */
export class Pace {
  readonly #clock: Clock;
  #sinceMs: number;

  /** A turn begins. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.now();
  }

  /** Let others have a turn where this one has been long. */
  async pause(): Promise<void> {
    if (this.#clock.now() - this.#sinceMs >= TURN_MS) await this.rest();
  }

  /** Let others have a turn. */
  async rest(): Promise<void> {
    await delay(this.#clock, 0);
    this.#sinceMs = this.#clock.now();
  }
}
