/**
 * Lines to a byte sink: the first line after a quiet moment leaves at once, what is logged while a write is on its way
 * or shortly after it leaves with the next one. So a burst costs a few writes and no caller waits for a slow terminal or
 * disk. Bounded: lines beyond the bound are counted and the loss is reported in one line.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";

/** UTF-16 units that may wait for a sink that does not take them. */
const MAX_PENDING_LENGTH = 4 * 1024 * 1024;

/** From the end of a write to the next one: at a thousand sessions a second a tenth of the CPU went into writes. */
const GATHER_MS = 20;

/** Writes all of `bytes` or rejects. */
export type LineSink = (bytes: Uint8Array) => Promise<void>;

/** What a writer is made of. */
export interface LineWriterParts {
  readonly clock: Clock;
  readonly sink: LineSink;
  /** Makes the line that tells of lost ones. */
  readonly lossLine: (lostLines: number) => string;
  /** Called when the sink failed, with what it could not take; the writer goes on with the next lines. */
  readonly onFailure: (error: unknown, unwritten: Uint8Array) => void;
}

/** Batches lines into writes. */
export class LineWriter {
  readonly #parts: LineWriterParts;
  readonly #encoder = new TextEncoder();
  #pending = "";
  #lost = 0;
  #drain: Promise<void> | undefined;
  /** Somebody waits for all lines. */
  #isUrgent = false;
  #endGathering: (() => void) | undefined;

  constructor(parts: LineWriterParts) {
    this.#parts = parts;
  }

  /** Queue one line, its end excluded. */
  write(line: string): void {
    if (this.#pending.length > MAX_PENDING_LENGTH) {
      this.#lost += 1;
      return;
    }
    this.#pending += `${line}\n`;
    this.#drain ??= this.#run();
  }

  /** Resolves when everything queued so far was written or given up. */
  async flush(): Promise<void> {
    this.#isUrgent = true;
    this.#endGathering?.();
    while (this.#drain !== undefined) await this.#drain;
    this.#isUrgent = false;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // the lines of this turn leave together
    while (this.#pending !== "" || this.#lost > 0) {
      if (this.#lost > 0) {
        this.#pending += `${this.#parts.lossLine(this.#lost)}\n`;
        this.#lost = 0;
      }
      const bytes = this.#encoder.encode(this.#pending);
      this.#pending = "";
      try {
        await this.#parts.sink(bytes);
      } catch (error) {
        this.#parts.onFailure(error, bytes);
      }
      if (!this.#isUrgent) await this.#coalesce();
    }
    this.#drain = undefined;
  }

  async #coalesce(): Promise<void> {
    const gathered = Promise.withResolvers<void>();
    this.#endGathering = gathered.resolve;
    const timer = this.#parts.clock.setTimeout(gathered.resolve, GATHER_MS);
    await gathered.promise;
    timer.clear();
    this.#endGathering = undefined;
  }
}
