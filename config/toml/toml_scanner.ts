/**
 * Walks over TOML 1.0 text by its lexical rules: keys, strings in their four forms, arrays, inline tables and
 * plain values. It finds where things are; what a value means is the TOML library's business.
 *
 * @module
 */

/** TOML text that breaks its grammar. */
export class TomlSyntaxError extends Error {
  override readonly name = "TomlSyntaxError";
  /** Counted from 1. */
  readonly line: number;

  /**
   * @param line Counted from 1.
   * @param message What is wrong there.
   */
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** A key as it stands in the text, possibly dotted. */
export interface ScannedKey {
  readonly path: readonly string[];
  readonly line: number;
}

/** Nesting of arrays and inline tables, so that no text exhausts the stack. */
const MAX_DEPTH = 32;
/** Parts of a dotted key; what is done for a key grows with the square of them. */
const MAX_KEY_PARTS = 32;

const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BLANKS = /[ \t]*/y;
const COMMENT = /#[^\r\n]*/y;
const PLAIN_VALUE = /[^,\]}#\r\n]*/y;
const SCALAR = new RegExp(
  "^(?:" + [
    "true|false",
    "[+-]?(?:inf|nan)",
    "[+-]?(?:0|[1-9](?:_?\\d)*)(?:\\.\\d(?:_?\\d)*)?(?:[eE][+-]?\\d(?:_?\\d)*)?",
    "0x[\\da-fA-F](?:_?[\\da-fA-F])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*",
    "\\d{4}-\\d\\d-\\d\\d(?:[Tt ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d:\\d\\d)?)?",
    "\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?",
  ].join("|") + ")$",
);
const ESCAPES: Readonly<Record<string, string>> = Object.freeze({
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  '"': '"',
  "\\": "\\",
});

/** A position in TOML text that moves forward over what it recognises. */
export class TomlScanner {
  readonly #text: string;
  #at = 0;
  #line = 1;

  /**
   * @param text The whole text, without a byte order mark.
   */
  constructor(text: string) {
    this.#text = text;
  }

  /** The line of the position, counted from 1. */
  get line(): number {
    return this.#line;
  }

  /** Where it stands in the text, in UTF-16 units. */
  get offset(): number {
    return this.#at;
  }

  /** Whether nothing is left. */
  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Whether `text` stands here; nothing moves. */
  sees(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** Step over `text` if it stands here. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  /** Step over blanks of this line. */
  skipBlanks(): void {
    this.#match(BLANKS);
  }

  /** Step over blanks, line ends and comments. */
  skipSpace(): void {
    for (;;) {
      this.#match(BLANKS);
      this.#skipComment();
      if (!this.#takeLineEnd()) return;
    }
  }

  /**
   * Step over the rest of a line, which may only hold a comment.
   *
   * @param behind What stands before, for the message.
   * @throws {TomlSyntaxError} Something else stands there.
   */
  endLine(behind: string): void {
    this.skipBlanks();
    this.#skipComment();
    if (this.done || this.#takeLineEnd()) return;
    throw this.error(`Unexpected text behind ${behind}: ${this.#rest()}`);
  }

  /**
   * Read a bare, quoted or dotted key.
   *
   * @throws {TomlSyntaxError} No key stands here, or one of too many parts.
   */
  key(): ScannedKey {
    const line = this.#line;
    const path: string[] = [];
    do {
      this.skipBlanks();
      const part = this.#simpleKey();
      // The library would lose it: in an object it names the prototype.
      if (part === "__proto__") throw this.error('"__proto__" cannot be a key');
      if (path.push(part) > MAX_KEY_PARTS) throw this.error(`A key has more than ${MAX_KEY_PARTS} parts`);
      this.skipBlanks();
    } while (this.take("."));
    return { path, line };
  }

  /**
   * Step over a value, and name the keys of inline tables on the way.
   *
   * @param path The value's own path.
   * @param onKey Called for each key of an inline table with its full path.
   * @throws {TomlSyntaxError} No complete value stands here.
   */
  value(path: readonly string[], onKey: (key: ScannedKey) => void): void {
    this.#value(path, onKey, 0);
  }

  /** An error at this line. */
  error(message: string): TomlSyntaxError {
    return new TomlSyntaxError(this.#line, message);
  }

  #value(path: readonly string[], onKey: (key: ScannedKey) => void, depth: number): void {
    if (depth > MAX_DEPTH) throw this.error(`Values are nested deeper than ${MAX_DEPTH} levels`);
    if (this.sees('"') || this.sees("'")) this.#string();
    else if (this.sees("[")) this.#array(path, onKey, depth);
    else if (this.sees("{")) this.#inlineTable(path, onKey, depth);
    else this.#plainValue(path);
  }

  #plainValue(path: readonly string[]): void {
    const text = this.#match(PLAIN_VALUE).trimEnd();
    if (SCALAR.test(text)) return;
    const key = path.at(-1) ?? "";
    if (text === "") throw this.error(`Key "${key}" has no value`);
    throw this.error(`Cannot read the value of "${key}": ${shorten(text)}; text needs quotes: "..."`);
  }

  #array(path: readonly string[], onKey: (key: ScannedKey) => void, depth: number): void {
    const start = this.#line;
    this.take("[");
    for (let index = 0;; index++) {
      this.skipSpace();
      if (this.take("]")) return;
      if (this.done) throw new TomlSyntaxError(start, "The array that starts here is never closed with ]");
      this.#value([...path, String(index)], onKey, depth + 1);
      this.skipSpace();
      if (!this.take(",") && !this.sees("]")) throw this.#unfinished(start, "array", "]");
    }
  }

  #inlineTable(path: readonly string[], onKey: (key: ScannedKey) => void, depth: number): void {
    const start = this.#line;
    this.take("{");
    this.skipBlanks();
    if (this.take("}")) return;
    for (;;) {
      this.skipBlanks();
      const key = this.key();
      const full = [...path, ...key.path];
      onKey({ path: full, line: key.line });
      if (!this.take("=")) throw this.error(`Expected = behind key "${key.path.join(".")}"`);
      this.skipBlanks();
      this.#value(full, onKey, depth + 1);
      this.skipBlanks();
      if (this.take("}")) return;
      if (!this.take(",")) throw this.#unfinished(start, "inline table", "}");
    }
  }

  #unfinished(start: number, what: string, end: string): TomlSyntaxError {
    if (this.done) {
      return new TomlSyntaxError(start, `The ${what} that starts here is never closed with ${end}`);
    }
    return this.error(`Expected , or ${end} in the ${what}, found ${this.#rest()}`);
  }

  #simpleKey(): string {
    if (this.sees('"""') || this.sees("'''")) throw this.error("A key cannot be a multi-line string");
    if (this.sees('"') || this.sees("'")) return this.#string();
    const bare = this.#match(BARE_KEY);
    if (bare === "") throw this.error(`Expected a key, found ${this.#rest()}`);
    return bare;
  }

  #string(): string {
    for (const quote of ['"""', "'''"]) if (this.sees(quote)) return this.#multiLine(quote);
    const quote = this.sees('"') ? '"' : "'";
    this.take(quote);
    let value = "";
    for (;;) {
      if (this.done || this.sees("\n") || this.sees("\r\n")) {
        throw this.error(`A string is never closed with ${quote}`);
      }
      if (this.take(quote)) return value;
      value += quote === '"' && this.sees("\\") ? this.#escape() : this.#character();
    }
  }

  #multiLine(quote: string): string {
    const start = this.#line;
    this.take(quote);
    let value = "";
    for (;;) {
      if (this.done) {
        throw new TomlSyntaxError(start, `The string that starts here is never closed with ${quote}`);
      }
      if (this.take(quote)) {
        // Up to two quotes may stand right before the closing three.
        const one = quote.slice(1, 2);
        for (let extra = 0; extra < 2 && this.take(one); extra++) value += one;
        return value;
      }
      if (this.#takeLineEnd()) value += "\n";
      else if (quote === '"""' && this.sees("\\")) value += this.#escapeOrLineEnd();
      else value += this.#character();
    }
  }

  #escapeOrLineEnd(): string {
    const rest = /\\[ \t]*\r?\n/y;
    rest.lastIndex = this.#at;
    if (!rest.test(this.#text)) return this.#escape();
    this.take("\\");
    do this.skipBlanks(); while (this.#takeLineEnd());
    return "";
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (simple !== undefined) {
      this.#at += 2;
      return simple;
    }
    const size = letter === "u" ? 4 : letter === "U" ? 8 : 0;
    const digits = this.#text.slice(this.#at + 2, this.#at + 2 + size);
    const code = size > 0 && /^[\da-fA-F]+$/.test(digits) && digits.length === size
      ? Number.parseInt(digits, 16)
      : Number.POSITIVE_INFINITY;
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      throw this.error(
        `Unknown escape \\${letter}${digits} in a string; use '...' for text with backslashes`,
      );
    }
    this.#at += 2 + size;
    return String.fromCodePoint(code);
  }

  #character(): string {
    const code = this.#text.codePointAt(this.#at) ?? 0;
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) {
      throw this.error(
        `Control character ${codePoint(this.#text[this.#at] ?? "")} in a string; write it as \\u`,
      );
    }
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #skipComment(): void {
    const comment = this.#match(COMMENT);
    // deno-lint-ignore no-control-regex
    const control = /[\x00-\x08\x0b-\x1f\x7f]/.exec(comment)?.[0];
    if (control !== undefined) throw this.error(`Control character ${codePoint(control)} in a comment`);
    // Alone it would hide all lines behind it in this comment.
    if (this.sees("\r") && !this.sees("\r\n")) {
      throw this.error("A line ends with CR alone: save the file with LF or CRLF as line ends");
    }
  }

  #takeLineEnd(): boolean {
    if (!this.take("\n") && !this.take("\r\n")) return false;
    this.#line++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #rest(): string {
    if (this.done) return "the end of the file";
    const end = this.#text.indexOf("\n", this.#at);
    const rest = this.#text.slice(this.#at, end < 0 ? undefined : end).trimEnd();
    return rest === "" ? "the end of the line" : shorten(rest);
  }
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
