/**
 * The log room: one line an event, text or JSON, masked and escaped. Imports no other room; the only user of
 * `console`.
 *
 * @module
 */
export { printError, printLine } from "./console_sink.ts";
export type { ByteWriter } from "./console_sink.ts";
export type { LineFields } from "./line.ts";
export { Logger } from "./logger.ts";
export type { LoggerDeps } from "./logger.ts";
export { LogThreshold } from "./log_threshold.ts";
export { maskSecrets } from "./mask.ts";
export type { LogOptions } from "./options.ts";
export { escapeUnsafe } from "./safe_text.ts";
// Types of other rooms that these show.
export type * from "../../core/mod.ts";
