/**
 * The options of the log room, as `config/` fills them.
 *
 * @module
 */

import type { LogLevel } from "../../core/mod.ts";

/** Where log lines go and how they look. */
export interface LogOptions {
  /** Where lines go. */
  readonly tank: "console" | "file";
  /** Path when the tank is `file`. */
  readonly file: string;
  /** Lines below this level are not written. */
  readonly level: LogLevel;
  /** `[time][level][id] message key=value`, or one JSON object a line. */
  readonly format: "text" | "json";
  /** Times in UTC instead of local time. */
  readonly utcTime: boolean;
}
