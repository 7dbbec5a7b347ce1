/**
 * The machine's clocks and timers.
 *
 * @module
 */
import type { Clock, Timer } from "../core/mod.ts";

/** `setTimeout` holds no more, and fires at once above. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The clock of this thread: threads count their monotonic milliseconds from different moments. */
export class SystemClock implements Clock {
  /** Since this thread began. */
  now(): number {
    return performance.now();
  }

  /** Since 1970 as the system's clock had it when the process began. */
  processNow(): number {
    return performance.timeOrigin + performance.now();
  }

  /** As the system's clock has it. */
  wallNow(): number {
    return Date.now();
  }

  /** Sets one of the runtime's timers, which follow the monotonic clock. */
  setTimeout(callback: () => void, delayMs: number): Timer {
    const id = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS));
    return { clear: () => clearTimeout(id) };
  }

  /** Sets one of the runtime's timers, which follow the monotonic clock. */
  setInterval(callback: () => void, intervalMs: number): Timer {
    const id = setInterval(callback, Math.min(intervalMs, MAX_TIMER_MS));
    return { clear: () => clearInterval(id) };
  }
}
