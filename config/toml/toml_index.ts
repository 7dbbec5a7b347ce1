/**
 * An index of TOML text: which key stands on which line. The TOML library gives values without lines and lets
 * repeated keys pass, so this runs before it and refuses what is written twice (TOML 1.0, "Keys", "Table").
 *
 * @module
 */

import { type ScannedKey, TomlScanner, TomlSyntaxError } from "./toml_scanner.ts";

/** Where the keys of a text stand. */
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
  /** The keys below each header, the part before the first header included, in the text's order. */
  readonly sections: readonly TomlSection[];
}

/** One header's keys in the text. */
export interface TomlSection {
  /** Path of the table. */
  readonly path: readonly string[];
  /** Where its keys begin, in UTF-16 units, behind the header. */
  readonly start: number;
  /** Where they end: the next header, or the end of the text. */
  readonly end: number;
  /** The line of `start`, counted from 1. */
  readonly line: number;
}

/** How a table came to be decides what may be added to it later. */
type NodeKind = "implied" | "header" | "dotted" | "value";

interface Node {
  kind: NodeKind;
  readonly line: number;
  readonly children: Map<string, Node>;
}

/**
 * Index a whole text.
 *
 * @param text TOML, without a byte order mark.
 * @throws {TomlSyntaxError} The text breaks TOML's grammar, or writes a key or table twice.
 */
export function indexToml(text: string): TomlIndex {
  const scanner = new TomlScanner(text);
  const builder = new IndexBuilder();
  const sections: TomlSection[] = [];
  let open: Omit<TomlSection, "end"> = { path: [], start: 0, line: 1 };
  for (;;) {
    scanner.skipSpace();
    if (scanner.done) break;
    if (!scanner.sees("[")) {
      keyAndValue(scanner, builder);
      continue;
    }
    sections.push({ ...open, end: scanner.offset });
    const path = header(scanner, builder);
    open = { path, start: scanner.offset, line: scanner.line };
  }
  sections.push({ ...open, end: scanner.offset });
  return builder.finish(sections);
}

/** Returns the table's path; the scanner then stands at the line behind the header. */
function header(scanner: TomlScanner, builder: IndexBuilder): readonly string[] {
  const list = scanner.sees("[[");
  scanner.take("[");
  if (list) scanner.take("[");
  const key = scanner.key();
  const name = key.path.join(".");
  if (list) throw scanner.error(`[[${name}]] is a list of tables, which no key here is: write [${name}]`);
  if (!scanner.take("]")) throw scanner.error(`Header [${name} is not closed with ]`);
  builder.header(key);
  scanner.endLine("the header");
  return key.path;
}

function keyAndValue(scanner: TomlScanner, builder: IndexBuilder): void {
  const key = scanner.key();
  const name = key.path.join(".");
  if (!scanner.take("=")) {
    throw scanner.error(
      `Expected = behind key "${name}"; a file in SRS's own syntax becomes TOML by: srs config convert FILE`,
    );
  }
  scanner.skipBlanks();
  const full = builder.value(key);
  const inline = new Map<string, number>();
  scanner.value(full, ({ path, line }) => {
    const text = JSON.stringify(path);
    const first = inline.get(text);
    if (first !== undefined) throw repeated(`key "${path.join(".")}"`, line, first);
    inline.set(text, line);
    builder.inlineKey({ path, line });
  });
  scanner.endLine(`the value of "${name}"`);
}

class IndexBuilder {
  readonly #root: Node = { kind: "header", line: 0, children: new Map() };
  readonly #lines = new Map<string, number>();
  readonly #keys: (readonly string[])[] = [];
  #table: Node = this.#root;
  #tablePath: readonly string[] = [];

  header({ path, line }: ScannedKey): void {
    let parent = this.#root;
    for (const part of path.slice(0, -1)) {
      parent = parent.children.get(part) ?? add(parent, part, "implied", line);
      if (parent.kind === "value") throw repeated(`table [${path.join(".")}]`, line, parent.line);
    }
    const name = path.at(-1) ?? "";
    const node = parent.children.get(name) ?? add(parent, name, "implied", line);
    if (node.kind !== "implied") throw repeated(`table [${path.join(".")}]`, line, node.line);
    node.kind = "header";
    this.#table = node;
    this.#tablePath = path;
    this.#note(path, line);
  }

  /** Returns the key's full path. */
  value({ path, line }: ScannedKey): readonly string[] {
    let table = this.#table;
    for (const part of path.slice(0, -1)) {
      const next = table.children.get(part) ?? add(table, part, "dotted", line);
      if (next.kind !== "dotted") throw repeated(`key "${path.join(".")}"`, line, next.line);
      table = next;
    }
    const name = path.at(-1) ?? "";
    const full = [...this.#tablePath, ...path];
    const first = table.children.get(name);
    if (first !== undefined) throw repeated(`key "${full.join(".")}"`, line, first.line);
    add(table, name, "value", line);
    this.#keys.push(full);
    this.#note(full, line);
    return full;
  }

  inlineKey({ path, line }: ScannedKey): void {
    this.#note(path, line);
  }

  finish(sections: readonly TomlSection[]): TomlIndex {
    const lines = this.#lines;
    const values = new Set(this.#keys.map((key) => JSON.stringify(key)));
    return Object.freeze({
      keys: Object.freeze(this.#keys),
      exact: (path: readonly string[]): number | undefined => lines.get(JSON.stringify(path)),
      isValue: (path: readonly string[]): boolean => values.has(JSON.stringify(path)),
      sections: Object.freeze(sections),
      line(path: readonly string[]): number | undefined {
        for (let size = path.length; size > 0; size--) {
          const line = lines.get(JSON.stringify(path.slice(0, size)));
          if (line !== undefined) return line;
        }
        return undefined;
      },
    });
  }

  #note(path: readonly string[], line: number): void {
    // Tables around a key may have no header of their own: the first key in them stands for them.
    for (let size = 1; size <= path.length; size++) {
      const text = JSON.stringify(path.slice(0, size));
      if (size === path.length || !this.#lines.has(text)) this.#lines.set(text, line);
    }
  }
}

function add(parent: Node, name: string, kind: NodeKind, line: number): Node {
  const node: Node = { kind, line, children: new Map() };
  parent.children.set(name, node);
  return node;
}

function repeated(what: string, line: number, first: number): TomlSyntaxError {
  return new TomlSyntaxError(line, `Repeated ${what}: it stands already on line ${first}`);
}
