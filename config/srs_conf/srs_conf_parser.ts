/**
 * Parses the nginx-like syntax of SRS 1.0 to 6.0: directives of words, ended by `;` or followed by a block.
 * nginx's own syntax is the same but for its escapes.
 *
 * Words are split by blanks and line ends. `#` starts a comment where a word could start. Quoted words have no
 * escapes and must be followed by a blank, `;` or `{`; empty ones are dropped.
 *
 * @module
 */

import { ConfigError } from "../problems/problem.ts";

/** What a text is and how it quotes. */
export interface ParserOptions {
  /** The text's name, for errors and notes. */
  readonly file?: string | undefined;
  /** nginx takes a backslash before a quote as part of the word; SRS knows no escapes. */
  readonly escapes?: boolean;
}

/** One directive with its block. */
export interface Directive {
  readonly name: string;
  /** The file that it is in, `undefined` when the text came without a name. */
  readonly file: string | undefined;
  readonly args: readonly string[];
  /** Of its first word, counted from 1. */
  readonly line: number;
  /** `undefined` for a directive without a block. */
  readonly children: readonly Directive[] | undefined;
}

type Token =
  | { readonly kind: "word"; readonly text: string; readonly line: number }
  | { readonly kind: ";" | "{" | "}" | "end"; readonly line: number };

/** Deeper blocks than any SRS has. */
const MAX_DEPTH = 32;
/** A line that only TOML has: a key with its value, or the header of a table. */
const TOML = /^[ \t]*(?:[\w.-]+[ \t]*=[ \t]*\S|\[[\w."-]+\][ \t]*$)/m;
const SEPARATORS: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n"]);

/**
 * Parse a whole file.
 *
 * @param text The file's text.
 * @param options Its name, and how it quotes.
 * @returns The directives in the file's order, repeated ones included.
 * @throws {ConfigError} One problem with the line that breaks the grammar.
 */
export function parseSrsConf(text: string, options: ParserOptions = {}): readonly Directive[] {
  const parser = new SrsConfParser(text.startsWith("\u{feff}") ? text.slice(1) : text, options);
  return parser.block(undefined, 0);
}

class SrsConfParser {
  readonly #text: string;
  readonly #file: string | undefined;
  readonly #escapes: boolean;
  #at = 0;
  #line = 1;

  constructor(text: string, { file, escapes = false }: ParserOptions) {
    this.#text = text;
    this.#file = file;
    this.#escapes = escapes;
  }

  /** Read directives up to the end of the block that was opened by `owner`, or of the file. */
  block(owner: Directive | undefined, depth: number): readonly Directive[] {
    if (depth > MAX_DEPTH) throw this.#error(this.#line, `Blocks are nested deeper than ${MAX_DEPTH} levels`);
    const directives: Directive[] = [];
    for (;;) {
      const first = this.#token();
      if (first.kind === "end") {
        if (owner === undefined) return directives;
        throw this.#error(owner.line, `Block "${owner.name}" is never closed with }`);
      }
      if (first.kind === "}") {
        if (owner !== undefined) return directives;
        throw this.#error(first.line, "Unexpected }: no block is open");
      }
      if (first.kind !== "word") {
        throw this.#error(first.line, `Unexpected ${first.kind}: no directive before it`);
      }
      directives.push(this.#directive(first.text, first.line, depth));
    }
  }

  #directive(name: string, line: number, depth: number): Directive {
    const args: string[] = [];
    for (;;) {
      const token = this.#token();
      if (token.kind === "word") {
        args.push(token.text);
      } else if (token.kind === ";") {
        return { name, file: this.#file, args, line, children: undefined };
      } else if (token.kind === "{") {
        const owner = { name, file: this.#file, args, line, children: undefined };
        return { ...owner, children: this.block(owner, depth + 1) };
      } else {
        const found = token.kind === "}" ? "}" : "the end of the file";
        const message = `Directive "${name}" is not ended by ; or {, found ${found}`;
        throw this.#error(line, message);
      }
    }
  }

  #token(): Token {
    for (;;) {
      const character = this.#text[this.#at];
      const line = this.#line;
      if (character === undefined) return { kind: "end", line };
      if (SEPARATORS.has(character)) {
        if (character === "\n") this.#line++;
        this.#at++;
      } else if (character === "#") {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end === -1 ? this.#text.length : end;
      } else if (character === ";" || character === "{" || character === "}") {
        this.#at++;
        return { kind: character, line };
      } else {
        const text = character === '"' || character === "'" ? this.#quoted(character) : this.#bare();
        if (text !== "") return { kind: "word", text, line };
      }
    }
  }

  #bare(): string {
    const start = this.#at;
    for (;; this.#at++) {
      const character = this.#text[this.#at];
      const ends = character === undefined || character === ";" || character === "{" ||
        SEPARATORS.has(character);
      if (ends) return this.#text.slice(start, this.#at);
    }
  }

  #quoted(quote: string): string {
    const line = this.#line;
    let end = this.#text.indexOf(quote, this.#at + 1);
    while (this.#escapes && end > 0 && this.#text[end - 1] === "\\") end = this.#text.indexOf(quote, end + 1);
    if (end < 0) throw this.#error(line, `A word is never closed with ${quote}`);
    const written = this.#text.slice(this.#at + 1, end);
    const text = this.#escapes ? written.replaceAll(`\\${quote}`, quote) : written;
    this.#line += written.split("\n").length - 1;
    this.#at = end + 1;
    const next = this.#text[this.#at];
    if (next !== undefined && next !== ";" && next !== "{" && !SEPARATORS.has(next)) {
      throw this.#error(
        this.#line,
        `Expected a blank, ; or { after the quoted word, found ${JSON.stringify(next)}`,
      );
    }
    return text;
  }

  #error(line: number, message: string): ConfigError {
    const suggestion = TOML.test(this.#text) ? "TOML needs no conversion" : undefined;
    return new ConfigError([{ file: this.#file, line, path: "", message, suggestion }]);
  }
}
