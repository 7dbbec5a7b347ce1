/**
 * Lines to a byte sink: what is logged while a write is on its way leaves with the next one, so a burst costs
 * a few writes and nobody waits for a slow terminal or disk. Bounded: lines beyond the bound are counted and
 * the loss is told in one line.
 *
 * @module
 */

/** UTF-16 units that may wait for a sink that does not take them. */
const MAX_PENDING_LENGTH = 4 * 1024 * 1024;

/** Writes all of `bytes` or rejects. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** What a writer is made of. */
export interface LineWriterParts {
  readonly sink: Sink;
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
    while (this.#drain !== undefined) await this.#drain;
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
    }
    this.#drain = undefined;
  }
}
