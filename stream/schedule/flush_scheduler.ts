/**
 * When live streams are flushed to their players: the one user of timers for media.
 *
 * A source with `mw_latency` is flushed by one timer for all sources of that latency, so a message waits at most
 * that long. The timer also ticks for their publishers' reads, some times between two flushes and last right before
 * a flush; `mod.ts` has the picture, with the ticks of other threads. A source with `min_latency` is flushed when the read that brought its messages has been worked through;
 * sound alone waits a moment for the picture, since every write costs the same whatever it carries.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import type { Source } from "../live/mod.ts";
import { ReadSchedule } from "./read_schedule.ts";

/** How long sound may wait for company under `min_latency`, milliseconds. */
const AUDIO_WAIT_MS = 35;
/** The most between two reads of a publisher's socket, milliseconds. */
const TICK_MS = 120;
/** How long a flush waits for the reads of its tick, milliseconds; what has arrived is read at once. */
const READ_MS = 5;

/** What a read brought for a source. */
export interface ReadContents {
  /** A picture was among it. */
  readonly hasVideo: boolean;
}

/** Flushes the sources of one latency, and ticks for their publishers' reads. */
class Interval {
  readonly #schedules = new Map<Source, ReadSchedule>();
  readonly #ticksPerFlush: number;
  readonly #clock: Clock;
  readonly #timer: Timer;
  /** Sources whose publishers are being read before the flush of this tick. */
  readonly #due = new Set<Source>();
  #tickIndex = 0;
  #lastCall: Timer | undefined;

  constructor(latencyMs: number, clock: Clock) {
    this.#clock = clock;
    this.#ticksPerFlush = Math.ceil(latencyMs / TICK_MS);
    this.#timer = clock.setInterval(() => this.#tick(), latencyMs / this.#ticksPerFlush);
  }

  get isEmpty(): boolean {
    return this.#schedules.size === 0;
  }

  add(source: Source): ReadSchedule {
    const schedule = new ReadSchedule({
      emptied: () => {
        if (this.#due.delete(source)) {
          // A timer that fires for nothing wakes the process.
          if (this.#due.size === 0) this.#lastCall?.clear();
          this.#flush(source);
        } else source.flushUrgent();
      },
      isUrgent: () => source.urgent,
      isWatched: () => source.watched,
    });
    this.#schedules.set(source, schedule);
    return schedule;
  }

  remove(source: Source): void {
    this.#schedules.get(source)?.end();
    this.#schedules.delete(source);
    this.#due.delete(source);
  }

  stop(): void {
    this.#timer.clear();
    this.#lastCall?.clear();
  }

  #tick(): void {
    this.#flushDue();
    this.#tickIndex = (this.#tickIndex + 1) % this.#ticksPerFlush;
    for (const [source, schedule] of this.#schedules) {
      const mayRest = source.isUnattended;
      const flushesNow = !mayRest && (this.#tickIndex === 0 || source.threadCount > this.#tickIndex);
      if (flushesNow && schedule.resting) this.#due.add(source);
      else if (flushesNow) this.#flush(source);
      schedule.tick({ mayRest });
    }
    if (this.#due.size > 0) this.#lastCall = this.#clock.setTimeout(() => this.#flushDue(), READ_MS);
  }

  /** Flush what is still due: nothing has arrived there since the last read. */
  #flushDue(): void {
    this.#lastCall?.clear();
    for (const source of this.#due) this.#flush(source);
    this.#due.clear();
  }

  /**
   * The players here have the first of the ticks between two flushes, and the first other thread follows right after
   * them: threads that write at once slow each other down, and one that follows another finds the machine awake.
   */
  #flush(source: Source): void {
    const slots = this.#ticksPerFlush;
    for (const output of source.outputs.list) {
      if (this.#tickIndex === 0) output.flush(() => output.flushRelays(0, slots));
      else output.flushRelays(this.#tickIndex, slots);
    }
  }
}

/** Flushes sources in time. */
export class FlushScheduler {
  readonly #clock: Clock;
  readonly #intervals = new Map<number, Interval>();
  readonly #waiting = new Map<Source, Timer>();

  /** Nothing to flush yet. `clock` has its timers. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Flush `source` at least every `latencyMs` until it is removed.
   *
   * @returns When its publisher's socket should be read.
   */
  add(source: Source, latencyMs: number): ReadSchedule {
    let interval = this.#intervals.get(latencyMs);
    if (interval === undefined) {
      interval = new Interval(latencyMs, this.#clock);
      this.#intervals.set(latencyMs, interval);
    }
    return interval.add(source);
  }

  /** Flush a source of the lowest latency now, or soon where no picture waits. */
  schedule(source: Source, contents: ReadContents): void {
    if (contents.hasVideo || source.facts.videoCodec === "") {
      this.#cancel(source);
      return source.flush();
    }
    if (this.#waiting.has(source)) return;
    const timer = this.#clock.setTimeout(() => {
      this.#waiting.delete(source);
      source.flush();
    }, AUDIO_WAIT_MS);
    this.#waiting.set(source, timer);
  }

  /** The publish ended: flush what is left. */
  remove(source: Source): void {
    this.#cancel(source);
    source.flush();
    for (const [latencyMs, interval] of this.#intervals) {
      interval.remove(source);
      if (!interval.isEmpty) continue;
      interval.stop();
      this.#intervals.delete(latencyMs);
    }
  }

  #cancel(source: Source): void {
    this.#waiting.get(source)?.clear();
    this.#waiting.delete(source);
  }
}
