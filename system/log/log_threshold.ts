/**
 * The level below which lines are not written: one for all threads of the process, changed while it runs.
 *
 * @module
 */
import { LOG_LEVELS, type LogLevel } from "../../core/mod.ts";

/** A level in memory that threads share. */
export class LogThreshold {
  /** What another thread makes its own one of, by {@link LogThreshold.sharing}. */
  readonly cell: Int32Array<SharedArrayBuffer>;

  private constructor(cell: Int32Array<SharedArrayBuffer>) {
    this.cell = cell;
  }

  /** One that begins at a level. */
  static at(level: LogLevel): LogThreshold {
    const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const threshold = new LogThreshold(cell);
    threshold.set(level);
    return threshold;
  }

  /** The one of the thread that this cell came from. */
  static sharing(cell: Int32Array<SharedArrayBuffer>): LogThreshold {
    return new LogThreshold(cell);
  }

  /** The lowest level that is written. */
  get level(): LogLevel {
    return LOG_LEVELS[Atomics.load(this.cell, 0)] ?? "trace";
  }

  /** From now on lines below this level are not written, on any thread. */
  set(level: LogLevel): void {
    Atomics.store(this.cell, 0, LOG_LEVELS.indexOf(level));
  }

  /** Whether lines of this level are written. */
  passes(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= Atomics.load(this.cell, 0);
  }
}
