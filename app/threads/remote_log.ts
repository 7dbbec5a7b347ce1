/**
 * The log as a media thread sees it: its lines go to the main thread, which writes them.
 *
 * @module
 */
import type { Log, LogFields, LogLevel, PlainLog } from "../../core/mod.ts";
import type { FromThread, LogLine } from "./thread_messages.ts";
import { TurnBatch } from "./turn_batch.ts";

const LEVELS: readonly LogLevel[] = ["verbose", "info", "trace", "warn", "error"];

/** Sends what is logged in one turn of the event loop together. */
export class RemoteLog implements Log, PlainLog {
  readonly #lowest: number;
  readonly #lines: TurnBatch<LogLine>;

  /** @param level Lines below it are not sent. */
  constructor(send: (message: FromThread) => void, level: LogLevel) {
    this.#lowest = LEVELS.indexOf(level);
    this.#lines = new TurnBatch((lines) => send({ kind: "log", lines }));
  }

  /** @inheritdoc */
  write(level: LogLevel, clientId: number | undefined, message: string, fields?: LogFields): void {
    if (LEVELS.indexOf(level) >= this.#lowest) this.#lines.add([level, clientId, message, fields]);
  }

  /** @inheritdoc */
  writePlain(line: string): void {
    this.#lines.add(line);
  }
}
