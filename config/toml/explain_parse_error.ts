/**
 * What the TOML parser throws -> an error that helps: the line on which the fault begins, the value, and the way
 * out.
 *
 * @module
 */

import { ParseError, parseTOML } from "toml-eslint-parser";
import { TomlSyntaxError } from "./toml_syntax_error.ts";

/** What is needed of an index of the text before the fault. */
interface LineIndex {
  line(path: readonly string[]): number | undefined;
  readonly sections: readonly { readonly path: readonly string[] }[];
}

/** Indexes a text, or throws what `explain` makes of the parser's error. */
type ParseIndex = (text: string, explain: (error: unknown) => unknown) => LineIndex;

/** A key and the text of its value on one line. */
const KEY_AND_VALUE = /^\s*(?<key>[^=#]*?)\s*=\s*(?<value>.*?)\s*$/;
/** A header's key, or the key before `=`. */
const KEY = /^\s*\[?\s*(?<key>(?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w.\s-])+)/;
/** Values that begin so are not text without quotes. */
const STRUCTURED = /^["'[{]/;
/** Lines on which a value may begin that ends on a later one. */
const OPENING = /=\s*(?:\[|"""|''')/;
/** A line with one of these words may hold a secret. */
const SECRET_LINE = /key|secret|headers|auth|token|pass|whsec_|proxy/i;
/** Earlier lines that are tried as the start of an unclosed value. */
const MAX_TRIES = 20;
const MAX_SHOWN = 40;

/** Messages of the parser that say too little. */
const OWN_WORDS: ReadonlyMap<string, string> = new Map([
  ["Must be a newline", "Expected the end of the line"],
  ["Expected comma (,) token", "Expected a comma, or the end of the array or inline table"],
  ["Unexpected character", "Cannot read a value"],
  ["Unexpected token", "Expected a key"],
]);

/**
 * Returns what explains the errors of one text.
 *
 * @param text The whole text.
 * @param parse Indexes the part before the fault, to find where a repeated key was first.
 */
export function explainParseError(text: string, parse: ParseIndex): (error: unknown) => unknown {
  return (error) => {
    // The parser is recursive.
    if (error instanceof RangeError) {
      return new TomlSyntaxError(deepLine(text), "Values are nested too deeply");
    }
    if (!(error instanceof ParseError)) return error;
    return new ParseFault(text, error, parse).explain();
  };
}

/** One fault that the parser found. */
class ParseFault {
  readonly #lines: readonly string[];
  readonly #error: ParseError;
  readonly #parse: ParseIndex;

  constructor(text: string, error: ParseError, parse: ParseIndex) {
    this.#lines = text.split("\n");
    this.#error = error;
    this.#parse = parse;
  }

  explain(): TomlSyntaxError {
    const { lineNumber, message } = this.#error;
    switch (message) {
      case "Expected equal (=) token":
        return new TomlSyntaxError(
          lineNumber,
          `Expected = after key ${
            show(this.#source.trim().split(/[\s=]/)[0] ?? "")
          }; a file in SRS's own syntax becomes TOML by: srs config convert FILE`,
        );
      case "Defining a key multiple times is invalid":
        return this.#repeated();
      case "Unterminated string constant":
        return this.#unclosed("string");
      case "Unterminated array":
        return this.#unclosed("array");
      case "Unspecified values are invalid":
        return this.#missingValue(lineNumber) ?? this.#unclosed("array");
      case "Unterminated table-key":
      case "The key, equals sign, and value must be on the same line":
      case "No newlines are allowed between the curly braces unless they are valid within a value":
        return this.#brokenLine();
      case "Invalid character in escape sequence":
        return new TomlSyntaxError(
          lineNumber,
          "Unknown escape in a string; use '...' for text with backslashes",
        );
      default:
        return this.#badValue() ?? this.#missingValue(this.#lineBefore) ?? this.#unexpected();
    }
  }

  /** The faulty line. */
  get #source(): string {
    return this.#line(this.#error.lineNumber);
  }

  /** The number of the nearest line before the faulty one that has text. */
  get #lineBefore(): number {
    let line = this.#error.lineNumber - 1;
    while (line > 1 && this.#line(line).trim() === "") line -= 1;
    return Math.max(1, line);
  }

  #line(number: number): string {
    return (this.#lines[number - 1] ?? "").replace(/\r$/, "");
  }

  get #rest(): string {
    const rest = this.#source.slice(this.#error.column).trim();
    if (/^["']/.test(rest)) return "a text in quotes";
    if (rest !== "") return this.#shown(rest);
    return this.#error.lineNumber >= this.#lines.length ? "the end of the file" : "the end of the line";
  }

  /** Messages reach the log: the value on a line about keys, secrets or headers is not repeated. */
  #shown(text: string): string {
    return SECRET_LINE.test(this.#source) ? '"***"' : show(text);
  }

  #badValue(): TomlSyntaxError | undefined {
    const { key = "", value = "" } = KEY_AND_VALUE.exec(this.#source)?.groups ?? {};
    const isAfterKey = this.#error.column > this.#source.indexOf("=");
    if (key === "" || value === "" || STRUCTURED.test(value) || !isAfterKey) return undefined;
    const message = `Cannot read the value of ${show(key)}: ${this.#shown(value)}; text needs quotes: "..."`;
    return new TomlSyntaxError(this.#error.lineNumber, message);
  }

  #unexpected(): TomlSyntaxError {
    const { lineNumber, message, column } = this.#error;
    const hint = /^[A-Za-z]/.test(this.#source.slice(column).trim()) ? '; text needs quotes: "..."' : "";
    return new TomlSyntaxError(
      lineNumber,
      `${OWN_WORDS.get(message) ?? message}, found ${this.#rest}${hint}`,
    );
  }

  /** @param line The line that may end after `=`. */
  #missingValue(line: number): TomlSyntaxError | undefined {
    const { key = "", value = "" } = KEY_AND_VALUE.exec(this.#line(line))?.groups ?? {};
    if (key === "" || value !== "") return undefined;
    return new TomlSyntaxError(line, `Key ${show(key)} has no value`);
  }

  /** The parser blames what comes after the line that should have ended. */
  #brokenLine(): TomlSyntaxError {
    const isHeader = this.#source.trimStart().startsWith("[");
    const line = isHeader ? this.#error.lineNumber : this.#lineBefore;
    const missing = this.#missingValue(line);
    if (missing !== undefined) return missing;
    const text = this.#line(line).trim();
    const message = text.startsWith("[")
      ? `Header ${show(text)} is not closed with ]`
      : "An inline table must end on the line where it begins: close it with }";
    return new TomlSyntaxError(line, message);
  }

  /** The parser blames the place where it gave up; the operator has to look where the value begins. */
  #unclosed(what: "string" | "array"): TomlSyntaxError {
    const { lineNumber } = this.#error;
    const own = KEY_AND_VALUE.exec(this.#source)?.groups?.["value"] ?? "";
    const line = own !== "" && !OPENING.test(this.#source) ? lineNumber : this.#openingLine();
    return new TomlSyntaxError(line, `The ${what} that starts here is never closed`);
  }

  #openingLine(): number {
    const { lineNumber } = this.#error;
    let tries = 0;
    for (let line = lineNumber; line > 0 && tries < MAX_TRIES; line--) {
      if (!OPENING.test(this.#lines[line - 1] ?? "")) continue;
      tries += 1;
      if (this.#indexBefore(line) !== undefined) return line;
    }
    return lineNumber;
  }

  #repeated(): TomlSyntaxError {
    const { lineNumber, column } = this.#error;
    const isHeader = this.#source.trimStart().startsWith("[");
    const key = KEY.exec(this.#source.slice(isHeader ? 0 : column))?.groups?.["key"]?.trim() ?? "";
    const before = this.#indexBefore(lineNumber);
    const table = isHeader ? [] : before?.sections.at(-1)?.path ?? [];
    const path = [...table, ...keyParts(key)];
    const first = before?.line(path);
    const what = isHeader ? `table [${path.join(".")}]` : `key ${show(path.join("."))}`;
    const where = first === undefined ? "" : `: it is already on line ${first}`;
    return new TomlSyntaxError(lineNumber, `Repeated ${what}${where}`);
  }

  /** The index of what is before a line; `undefined` where that cannot be parsed. */
  #indexBefore(line: number): LineIndex | undefined {
    try {
      return this.#parse(this.#lines.slice(0, line - 1).join("\n"), (error) => error);
    } catch {
      return undefined;
    }
  }
}

/** The parts of a key as written. */
function keyParts(key: string): readonly string[] {
  try {
    const [entry] = parseTOML(`${key} = 0`, { tomlVersion: "1.0" }).body[0].body;
    return entry?.key.keys.map((part) => part.type === "TOMLBare" ? part.name : part.value) ?? [];
  } catch {
    return [key];
  }
}

/** The line with the most brackets. */
function deepLine(text: string): number {
  const depths = text.split("\n").map((line) => line.match(/[[{]/g)?.length ?? 0);
  return depths.indexOf(Math.max(...depths)) + 1;
}

function show(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
}
