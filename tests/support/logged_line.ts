/**
 * A log line as a test sees it.
 *
 * @module
 */
import type { LogFields, LogLevel } from "../../core/mod.ts";

/** One line that was logged. */
export interface LoggedLine {
  readonly level: LogLevel;
  readonly clientId: number | undefined;
  readonly message: string;
  readonly fields: LogFields;
}
