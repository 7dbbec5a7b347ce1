/**
 * One alarm for a directory that cannot be written, however many streams want to, and its end.
 *
 * @module
 */
import { errorMessage, type Log } from "../../../core/mod.ts";
import { DiskPathError } from "./disk_error.ts";

/** Raises and ends the alarm of one directory. */
export class DiskAlarm {
  readonly #log: Log;
  readonly #path: string;
  /** Streams whose last segment could not be written. */
  readonly #failing = new Set<string>();
  /** Streams whose files have no place of their own: their fault is none of the disk. */
  readonly #misplaced = new Set<string>();
  #missed = 0;
  #isFilling = false;

  /** @param path As the configuration names the directory. */
  constructor(log: Log, path: string) {
    this.#log = log;
    this.#path = path;
  }

  /** A segment of a stream could not be written. */
  failed(stream: string, error: unknown): void {
    const cause = errorMessage(error);
    if (error instanceof DiskPathError) {
      if (this.#misplaced.has(stream)) return;
      this.#misplaced.add(stream);
      this.#log.write("error", undefined, "A stream has no HLS files", { stream, cause });
      return;
    }
    this.#missed++;
    const isFirst = this.#failing.size === 0;
    this.#failing.add(stream);
    if (!isFirst) return;
    this.#log.write("error", undefined, "HLS files cannot be written: streams go on without", {
      hls_path: this.#path,
      stream,
      cause,
    });
  }

  /** A segment of a stream was written. */
  succeeded(stream: string): void {
    this.#misplaced.delete(stream);
    if (!this.#failing.delete(stream) || this.#failing.size > 0) return;
    this.#log.write("warn", undefined, "HLS files are written again", {
      hls_path: this.#path,
      segments_missed: this.#missed,
    });
    this.#missed = 0;
  }

  /** A file that is no longer needed is gone. */
  removed(): void {
    this.#isFilling = false;
  }

  /** It is still there: said once until one can be removed. */
  notRemoved(file: string, error: unknown): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    const cause = errorMessage(error);
    this.#log.write("warn", undefined, "HLS file not removed", { hls_path: this.#path, file, cause });
  }

  /** A stream is no longer written. */
  forget(stream: string): void {
    this.#failing.delete(stream);
    this.#misplaced.delete(stream);
  }
}
