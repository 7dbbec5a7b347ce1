/**
 * The system's clock, which counts the turns of the event loop that are given away.
 *
 * @module
 */
import type { Timer } from "../../core/mod.ts";
import { SystemClock } from "../../system/mod.ts";

/** Counts timers of 0 ms. */
export class TurnCountingClock extends SystemClock {
  /** So far. */
  turns = 0;

  /** @inheritdoc */
  override setTimeout(callback: () => void, delayMs: number): Timer {
    if (delayMs === 0) this.turns++;
    return super.setTimeout(callback, delayMs);
  }
}
