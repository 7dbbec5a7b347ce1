/**
 * The log as a media thread sees it: its lines go to the main thread, which writes them.
 *
 * @module
 */
import type { Log, LogFields, LogLevel, PlainLog } from "../../core/mod.ts";
import type { LogThreshold } from "../../system/log/mod.ts";
import type { FromThread, LogLine } from "./thread_messages.ts";
import { TurnBatch } from "./turn_batch.ts";

/** Sends what is logged in one turn of the event loop together. */
export class RemoteLog implements Log, PlainLog {
  readonly #threshold: LogThreshold;
  readonly #lines: TurnBatch<LogLine>;

  /** @param threshold Lines below it are not sent. */
  constructor(send: (message: FromThread) => void, threshold: LogThreshold) {
    this.#threshold = threshold;
    this.#lines = new TurnBatch((lines) => send({ kind: "log", lines }));
  }

  /** @inheritdoc */
  write(level: LogLevel, clientId: number | undefined, message: string, fields?: LogFields): void {
    if (this.#threshold.passes(level)) this.#lines.add([level, clientId, message, fields]);
  }

  /** @inheritdoc */
  writePlain(line: string): void {
    this.#lines.add(line);
  }
}
