/**
 * TOML text -> values with lines: the index first, then the TOML library for the values.
 *
 * @module
 */

import { parse } from "@std/toml";
import { ConfigError } from "../problems/problem.ts";
import { indexToml, type TomlIndex, type TomlSection } from "./toml_index.ts";
import { TomlSyntaxError } from "./toml_syntax_error.ts";

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
  const steps = parseTomlSteps(text, file);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The same in steps, with room for other things in between.
 *
 * @throws {ConfigError} As {@link parseToml}.
 */
export function* parseTomlSteps(text: string, file?: string): Generator<void, TomlDocument> {
  const clean = text.startsWith("\u{feff}") ? text.slice(1) : text;
  try {
    const index = indexToml(clean);
    yield;
    const tables = new TableBuilder();
    for (const section of index.sections) {
      tables.add(section.path, sectionValues(clean, section));
      yield;
    }
    return { values: tables.values, index };
  } catch (error) {
    if (!(error instanceof TomlSyntaxError)) throw error;
    throw new ConfigError([{
      file,
      line: error.line,
      path: "",
      message: error.message,
      suggestion: undefined,
    }]);
  }
}

/**
 * The values of keys of one table. The library gets them alone: given a whole text it fails where a table follows one
 * of its own sub-tables, which TOML permits.
 */
function sectionValues(text: string, { start, end, line }: TomlSection): TomlTable {
  const parseText: (text: string) => unknown = parse;
  try {
    const values = parseText(text.slice(start, end).replaceAll("\r\n", "\n"));
    return isTable(values) ? values : {};
  } catch (error) {
    // The library throws SyntaxError for its own diagnostics and plain Errors from its inside; both blame the text.
    if (!(error instanceof Error)) throw error;
    const place = LIBRARY_PLACE.exec(error.message);
    const offset = place?.[1] === undefined ? 0 : Number(place[1]) - 1;
    throw new TomlSyntaxError(
      line + offset,
      error.message.slice(place?.[0].length ?? 0).replaceAll("\n", " "),
    );
  }
}

/** Puts the values of sections together. The index has refused repetitions. */
class TableBuilder {
  readonly values: Record<string, unknown> = {};
  /** Tables made here, which may grow, by their paths. */
  readonly #own = new Map<string, Record<string, unknown>>();

  /** Put values into the table at a path, which is made where it is missing. */
  add(path: readonly string[], values: TomlTable): void {
    let table = this.values;
    let at = "";
    for (const part of path) {
      at += `${JSON.stringify(part)}.`;
      table = this.#own.get(at) ?? this.#adopt(table, part, at);
    }
    merge(table, values);
  }

  #adopt(parent: Record<string, unknown>, name: string, at: string): Record<string, unknown> {
    const found = parent[name];
    const table = isTable(found) ? { ...found } : {};
    parent[name] = table;
    this.#own.set(at, table);
    return table;
  }
}

/** Dotted keys of a table, such as `play.atc`, may be in several sections. What is in both is a table then. */
function merge(target: Record<string, unknown>, values: TomlTable): void {
  for (const [name, value] of Object.entries(values)) {
    // Not what every object has, such as "constructor".
    const found = Object.hasOwn(target, name) ? target[name] : undefined;
    if (isTable(found) && isTable(value)) merge(found, value);
    else target[name] = value;
  }
}

/** Whether a value is a TOML table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
