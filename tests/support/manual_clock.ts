/**
 * Clocks that a test moves: one that stands still until it is advanced, and one that runs as the machine's does but
 * whose wall time can be stepped.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import { SystemClock } from "../../system/mod.ts";

interface Alarm {
  at: number;
  readonly everyMs: number | undefined;
  readonly callback: () => void;
}

/** Time passes only by {@link ManualClock.advance}; the wall clock follows, and can be stepped besides. */
export class ManualClock implements Clock {
  #now = 1000;
  #wall: number;
  readonly #alarms = new Set<Alarm>();

  /** @param wallMs What the wall clock shows at first. */
  constructor(wallMs = Date.UTC(2026, 0, 1)) {
    this.#wall = wallMs;
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#alarms.size;
  }

  /** Monotonic milliseconds. */
  now(): number {
    return this.#now;
  }

  /** As {@link ManualClock.now}. */
  processNow(): number {
    return this.#now;
  }

  /** Milliseconds since 1970. */
  wallNow(): number {
    return Math.floor(this.#wall);
  }

  /** Fires within {@link ManualClock.advance}. */
  setTimeout(callback: () => void, delayMs: number): Timer {
    return this.#add({ at: this.#now + Math.max(0, delayMs), everyMs: undefined, callback });
  }

  /** Fires within {@link ManualClock.advance}. */
  setInterval(callback: () => void, intervalMs: number): Timer {
    return this.#add({ at: this.#now + intervalMs, everyMs: intervalMs, callback });
  }

  /** Set the wall clock forward, or back by a negative number. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  /** Let time pass: timers fire in their order, and what they cause settles before the next one. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#pass(next.at - this.#now);
      if (next.everyMs === undefined) this.#alarms.delete(next);
      else next.at += next.everyMs;
      next.callback();
      await settle();
    }
    this.#pass(end - this.#now);
  }

  #next(end: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && (first === undefined || alarm.at < first.at)) first = alarm;
    }
    return first;
  }

  #pass(ms: number): void {
    if (ms <= 0) return;
    this.#now += ms;
    this.#wall += ms;
  }

  #add(alarm: Alarm): Timer {
    this.#alarms.add(alarm);
    return { clear: () => void this.#alarms.delete(alarm) };
  }
}

/** The machine's clock, but for a wall time that a test steps. */
export class SteppedClock extends SystemClock {
  #stepMs = 0;

  /** Set the wall clock forward, or back by a negative number. */
  stepWall(ms: number): void {
    this.#stepMs += ms;
  }

  /** With all steps so far. */
  override wallNow(): number {
    return super.wallNow() + this.#stepMs;
  }
}

/** What is resolved works itself through. */
async function settle(): Promise<void> {
  for (let hop = 0; hop < 50; hop++) await undefined;
}
