/**
 * TOML text -> values with lines: our own index first, then the TOML library for the values.
 *
 * @module
 */

import { parse } from "@std/toml";
import { ConfigError } from "./problem.ts";
import { indexToml, type TomlIndex } from "./toml_index.ts";
import { TomlSyntaxError } from "./toml_scanner.ts";

/** A table of TOML values. */
export type TomlTable = Readonly<Record<string, unknown>>;

/** What a text says, and where. */
export interface TomlDocument {
  readonly values: TomlTable;
  readonly index: TomlIndex;
}

/** The library's message starts with its own idea of the place. */
const LIBRARY_PLACE = /^Parse error on line (\d+), column \d+: /;

/**
 * Parse TOML.
 *
 * @param text The text; a byte order mark at its start is skipped.
 * @param file Its name, for errors.
 * @throws {ConfigError} One problem: the first place that breaks the grammar or repeats a key.
 */
export function parseToml(text: string, file?: string): TomlDocument {
  const clean = text.startsWith("\u{feff}") ? text.slice(1) : text;
  try {
    const index = indexToml(clean);
    const parseText: (text: string) => unknown = parse;
    const values = parseText(clean.replaceAll("\r\n", "\n"));
    return { values: isTable(values) ? values : {}, index };
  } catch (error) {
    if (error instanceof TomlSyntaxError) throw syntaxProblem(file, error.line, error.message);
    // The library throws SyntaxError for its own findings and plain Errors from its inside; both blame the text.
    if (!(error instanceof Error)) throw error;
    const place = LIBRARY_PLACE.exec(error.message);
    const line = place?.[1] === undefined ? undefined : Number(place[1]);
    throw syntaxProblem(file, line, error.message.slice(place?.[0].length ?? 0));
  }
}

/** Whether a value is a TOML table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function syntaxProblem(file: string | undefined, line: number | undefined, message: string): ConfigError {
  return new ConfigError([{ file, line, path: "", message, suggestion: undefined }]);
}
