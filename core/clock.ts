/**
 * Time as the rooms get it: handed in, so that a test can move it. Pure: types alone.
 *
 * @module
 */

/** A timer that has been set. */
export interface Timer {
  /** Keep it from firing again; does nothing once it has fired for the last time. */
  clear(): void;
}

/**
 * Two clocks and their timers. A duration, a pause, an age or a deadline is measured by {@link Clock.now}, which no
 * operator and no time server can set. Wall time is for what people and other processes read.
 */
export interface Clock {
  /** Monotonic milliseconds with fractions, from an arbitrary moment of this process on. */
  now(): number;
  /** The same, counted from a moment that all threads of this process share. */
  processNow(): number;
  /** Whole milliseconds since 1970, as the system's clock has it at this moment: it may jump either way. */
  wallNow(): number;
  /**
   * Call back once.
   *
   * @param delayMs By the monotonic clock; at most 2^31 - 1, longer ones fire after that time.
   */
  setTimeout(callback: () => void, delayMs: number): Timer;
  /** Call back every `intervalMs`, by the monotonic clock, until the timer is cleared. */
  setInterval(callback: () => void, intervalMs: number): Timer;
}
