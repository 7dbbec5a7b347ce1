/**
 * Clocks that a test moves: one that stands still until it is advanced, and two that run as the machine's does. Of
 * these one has a wall time that can be stepped, the other skips time that nothing happens in.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import { SystemClock } from "../../system/mod.ts";
import { turn } from "./wait.ts";

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

interface SkippedAlarm extends Alarm {
  /** The timer of the machine that fires it where nobody skips. */
  timer: Timer;
}

/**
 * The machine's clock, but a test can skip time: what the server does after ten seconds, it does at once. For tests
 * over sockets, where a clock that stands still would need to be moved for everything.
 */
export class SkippingClock extends SteppedClock {
  #skippedMs = 0;
  readonly #alarms = new Set<SkippedAlarm>();

  /** With all time that was skipped. */
  override now(): number {
    return super.now() + this.#skippedMs;
  }

  /** With all time that was skipped. */
  override processNow(): number {
    return super.processNow() + this.#skippedMs;
  }

  /** With all time that was skipped. */
  override wallNow(): number {
    return super.wallNow() + this.#skippedMs;
  }

  /** Fires when its time has passed or was skipped. */
  override setTimeout(callback: () => void, delayMs: number): Timer {
    return this.#add(callback, Math.max(0, delayMs), undefined);
  }

  /** Fires each time that its interval has passed or was skipped. */
  override setInterval(callback: () => void, intervalMs: number): Timer {
    return this.#add(callback, intervalMs, intervalMs);
  }

  /**
   * Skip time. Timers fire in their order, each at its moment by this clock; between two of them the event loop turns,
   * so that sockets are read and written.
   */
  async skip(ms: number): Promise<void> {
    const end = this.now() + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#skippedMs += Math.max(0, next.at - this.now());
      next.timer.clear();
      this.#fire(next);
      await turn();
    }
    this.#skippedMs += Math.max(0, end - this.now());
    for (const alarm of this.#alarms) {
      alarm.timer.clear();
      this.#arm(alarm);
    }
    await turn();
  }

  /** Skip time, a second at a time, until `promise` is settled; what it is, or throws. */
  async skipUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = (): boolean => settled = true;
    promise.then(done, done);
    await turn();
    while (!settled) {
      await this.skip(1000);
      for (let turns = 0; turns < 5 && !settled; turns++) await turn();
    }
    return await promise;
  }

  /** Time passes in which nothing happens, as where the machine stood still: what is due fires late, once. */
  async stall(ms: number): Promise<void> {
    this.#skippedMs += ms;
    await this.skip(0);
  }

  #next(end: number): SkippedAlarm | undefined {
    let first: SkippedAlarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && (first === undefined || alarm.at < first.at)) first = alarm;
    }
    return first;
  }

  #add(callback: () => void, delayMs: number, everyMs: number | undefined): Timer {
    const alarm = { at: this.now() + delayMs, everyMs, callback, timer: { clear: () => {} } };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return {
      clear: () => {
        alarm.timer.clear();
        this.#alarms.delete(alarm);
      },
    };
  }

  #arm(alarm: SkippedAlarm): void {
    if (alarm.at === Infinity) return;
    alarm.timer = super.setTimeout(() => this.#fire(alarm), Math.max(0, alarm.at - this.now()));
  }

  #fire(alarm: SkippedAlarm): void {
    if (alarm.everyMs === undefined) this.#alarms.delete(alarm);
    else {
      // As the machine's timers do: late beats are left out.
      alarm.at = Math.max(alarm.at + alarm.everyMs, this.now());
      this.#arm(alarm);
    }
    alarm.callback();
  }
}

/** What is resolved works itself through. */
async function settle(): Promise<void> {
  for (let hop = 0; hop < 50; hop++) await undefined;
}
