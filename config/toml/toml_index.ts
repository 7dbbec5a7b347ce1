/**
 * An index of TOML text: the line of every key. The library that gives the values knows no lines, and accepts
 * repeated keys; the parser used here refuses them (TOML 1.0, "Keys", "Table").
 *
 * @module
 */

import { type AST, parseTOML } from "toml-eslint-parser";
import { explainParseError } from "./explain_parse_error.ts";
import { TomlSyntaxError } from "./toml_syntax_error.ts";

/** The lines of the keys of a text. */
export interface TomlIndex {
  /**
   * The line of a key or table header, or of the nearest one around it.
   *
   * @param path Unquoted parts; elements of arrays by their number.
   * @returns Counted from 1; `undefined` when nothing on the path is in the text.
   */
  line(path: readonly string[]): number | undefined;
  /** The line of a key or table header itself, counted from 1; `undefined` when it is not in the text. */
  exact(path: readonly string[]): number | undefined;
  /** Whether a key has a value, which may be an inline table, and is not a table of its own. */
  isValue(path: readonly string[]): boolean;
  /** The paths of all keys with values, in the text's order. */
  readonly keys: readonly (readonly string[])[];
  /** The keys of each table, those before the first header included, a few at a time, in the text's order. */
  readonly sections: readonly TomlSection[];
}

/** Keys of one table in the text. */
export interface TomlSection {
  /** Path of the table. */
  readonly path: readonly string[];
  /** Start of the first key, in UTF-16 units. */
  readonly start: number;
  /** Where others begin: the next keys, the next header, or the end of the text. */
  readonly end: number;
  /** The line of `start`, counted from 1. */
  readonly line: number;
}

/** Nesting of arrays and inline tables: no value needs more, and deeper ones could exhaust the stack. */
const MAX_DEPTH = 32;
/** Parts of a dotted key: the work for a key grows with their square. */
const MAX_KEY_PARTS = 32;
/** Keys of a section: their values are read in well under a millisecond. */
const MAX_SECTION_KEYS = 16;

/**
 * Index a whole text.
 *
 * @param text TOML, without a byte order mark.
 * @throws {TomlSyntaxError} The text breaks TOML's grammar, or writes a key or table twice.
 */
export function indexToml(text: string): TomlIndex {
  const strayReturn = /\r(?!\n)/.exec(text);
  if (strayReturn !== null) {
    const line = text.slice(0, strayReturn.index).split("\n").length;
    throw new TomlSyntaxError(line, "A line ends with CR alone: save the file with LF or CRLF as line ends");
  }
  return parseIndex(text, explainParseError(text, parseIndex));
}

/** @param explain Turns what the parser throws into the error to throw. */
function parseIndex(text: string, explain: (error: unknown) => unknown): TomlIndex {
  try {
    const builder = new IndexBuilder();
    for (const node of parseTOML(text, { tomlVersion: "1.0" }).body[0].body) {
      if (node.type === "TOMLTable") builder.table(node);
      else builder.entry([], node);
    }
    return builder.finish(text.length);
  } catch (error) {
    throw error instanceof TomlSyntaxError ? error : explain(error);
  }
}

class IndexBuilder {
  readonly #lines = new Map<string, number>();
  readonly #keys: (readonly string[])[] = [];
  readonly #sections: TomlSection[] = [];
  #open: Omit<TomlSection, "end"> = { path: [], start: 0, line: 1 };
  #openKeys = 0;

  table({ key, kind, body, range, loc }: AST.TOMLTable): void {
    const path = pathOf(key);
    const { line } = loc.start;
    if (kind === "array") {
      const name = path.join(".");
      throw new TomlSyntaxError(
        line,
        `[[${name}]] is a list of tables: write [${name}], or for several ${
          path.at(-1)
        } = [{ ... }, { ... }]`,
      );
    }
    const [first] = body;
    this.#endSection(range[0], {
      path,
      start: first?.range[0] ?? range[1],
      line: first?.loc.start.line ?? line,
    });
    this.#note(path, line);
    for (const entry of body) this.entry(path, entry);
  }

  /** @param base The path of the table that the entry is in. */
  entry(base: readonly string[], { key, value, range, loc }: AST.TOMLKeyValue): void {
    if (this.#openKeys === MAX_SECTION_KEYS) {
      this.#endSection(range[0], { path: base, start: range[0], line: loc.start.line });
    }
    this.#openKeys++;
    const path = [...base, ...pathOf(key)];
    this.#keys.push(path);
    this.#note(path, loc.start.line);
    this.#value(path, value, 0);
  }

  /** @param end Where the text ends. */
  finish(end: number): TomlIndex {
    const lines = this.#lines;
    const values = new Set(this.#keys.map((key) => JSON.stringify(key)));
    return Object.freeze({
      keys: Object.freeze(this.#keys),
      sections: Object.freeze([...this.#sections, { ...this.#open, end }]),
      exact: (path: readonly string[]): number | undefined => lines.get(JSON.stringify(path)),
      isValue: (path: readonly string[]): boolean => values.has(JSON.stringify(path)),
      line(path: readonly string[]): number | undefined {
        for (let size = path.length; size > 0; size--) {
          const line = lines.get(JSON.stringify(path.slice(0, size)));
          if (line !== undefined) return line;
        }
        return undefined;
      },
    });
  }

  /** @param end Not the end of the last value: the parser gives a wrong one for a zero at the end of the text. */
  #endSection(end: number, next: Omit<TomlSection, "end">): void {
    this.#sections.push({ ...this.#open, end });
    this.#open = next;
    this.#openKeys = 0;
  }

  #value(path: readonly string[], value: AST.TOMLContentNode, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw new TomlSyntaxError(
        value.loc.start.line,
        `Values are nested deeper than ${MAX_DEPTH} levels`,
      );
    }
    if (value.type === "TOMLArray") {
      for (const [index, element] of value.elements.entries()) {
        this.#value([...path, String(index)], element, depth + 1);
      }
    } else if (value.type === "TOMLInlineTable") {
      for (const { key, value: inner, loc } of value.body) {
        const full = [...path, ...pathOf(key)];
        this.#note(full, loc.start.line);
        this.#value(full, inner, depth + 1);
      }
    }
  }

  #note(path: readonly string[], line: number): void {
    // A table without a header of its own has the line of its first key.
    for (let size = 1; size <= path.length; size++) {
      const text = JSON.stringify(path.slice(0, size));
      if (size === path.length || !this.#lines.has(text)) this.#lines.set(text, line);
    }
  }
}

function pathOf({ keys, loc }: AST.TOMLKey): readonly string[] {
  const { line } = loc.start;
  if (keys.length > MAX_KEY_PARTS) {
    throw new TomlSyntaxError(line, `A key has more than ${MAX_KEY_PARTS} parts`);
  }
  const path = keys.map((part) => part.type === "TOMLBare" ? part.name : part.value);
  // Both libraries lose it: in an object it names the prototype.
  if (path.includes("__proto__")) throw new TomlSyntaxError(line, '"__proto__" cannot be a key');
  return path;
}
