/**
 * The pace of a reload: where there is one thread, media waits for each of its turns of the event loop.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { delay } from "../../system/mod.ts";

/** How long a turn may take before media has its turn, milliseconds: a full garbage collection may come on top. */
const MEDIA_TURN_MS = 6;
/** The same where media is in threads of its own. Hooks and the API wait, and a pause costs the reload 2 ms. */
const MAIN_TURN_MS = 20;

/** What sets the pace. */
export interface PaceOptions {
  /** Media is served by this thread. */
  readonly hasMedia: boolean;
}

/** Makes pauses. */
export class Pace {
  readonly #clock: Clock;
  readonly #turnMs: number;
  #sinceMs: number;

  /** A turn begins. */
  constructor(clock: Clock, { hasMedia }: PaceOptions) {
    this.#clock = clock;
    this.#turnMs = hasMedia ? MEDIA_TURN_MS : MAIN_TURN_MS;
    this.#sinceMs = clock.now();
  }

  /** Let others have a turn where this one has been long. */
  async pause(): Promise<void> {
    if (this.#clock.now() - this.#sinceMs < this.#turnMs) return;
    await delay(this.#clock, 0);
    this.#sinceMs = this.#clock.now();
  }
}
