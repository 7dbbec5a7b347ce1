/**
 * Where log lines go, as every room sees it.
 *
 * @module
 */

/** Log levels by SRS's names, least to most severe. */
export type LogLevel = "verbose" | "info" | "trace" | "warn" | "error";

/** All of them, in this order. */
export const LOG_LEVELS: readonly LogLevel[] = Object.freeze(["verbose", "info", "trace", "warn", "error"]);

/** Values of a log line after its message; `undefined` ones are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where log lines go. Escaping and masking what clients named are its business. */
export interface Log {
  /** Write one line; never throws. Every line of a connection has its client id. */
  write(level: LogLevel, clientId: number | undefined, message: string, fields?: LogFields): void;
}

/** Where lines go that programs read in a format of their own, next to those of a {@link Log}. */
export interface PlainLog {
  /** Write one line as it is, without its end; never throws. It has no secrets and no control characters. */
  writePlain(line: string): void;
}
