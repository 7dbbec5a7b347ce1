/**
 * A configuration file and those that it includes, as one: `include = ["vhosts/*.toml"]` at the top of a file.
 * Tables of several files are put together; a key is in one file alone, so that none wins over another unseen.
 *
 * @module
 */

import { errorMessage } from "../../core/mod.ts";
import { type KeyPlace, type KeyPlaces, showPath } from "../problems/diagnostics.ts";
import { type IncludeReader, MAX_INCLUDED_FILES } from "./include_reader.ts";
import { isTable, parseTomlSteps, type TomlTable } from "./parse_toml.ts";
import { ConfigError, type Problem } from "../problems/problem.ts";
import type { TomlIndex } from "./toml_index.ts";
import { show } from "../types/value_type.ts";

/** The key that names further files. */
export const INCLUDE = "include";

/** The values of all files, and where they are. */
export interface ConfigDocument extends KeyPlaces {
  /** Without the `include`s. */
  readonly values: TomlTable;
}

/** What a document is read from. */
export interface DocumentSource {
  readonly text: string;
  /** The text's name. */
  readonly file: string | undefined;
  /** Reads included files. */
  readonly includes: IncludeReader | undefined;
}

/**
 * Read a file with its includes, in steps, with room for other things in between.
 *
 * @throws {ConfigError} A file breaks the grammar, cannot be read or includes itself, or several have the same key.
 */
export function* documentSteps({ text, file, includes }: DocumentSource): Generator<void, ConfigDocument> {
  const builder = new DocumentBuilder(includes);
  const stack = file === undefined || includes === undefined ? [] : [includes.identity(file)];
  yield* builder.add(text, file, stack);
  return builder.finish(file);
}

interface Part {
  readonly file: string | undefined;
  readonly index: TomlIndex;
}

class DocumentBuilder {
  readonly #includes: IncludeReader | undefined;
  readonly #values: Record<string, unknown> = {};
  readonly #parts: Part[] = [];
  readonly #problems: Problem[] = [];

  constructor(includes: IncludeReader | undefined) {
    this.#includes = includes;
  }

  /** @param stack What the files that are being read are known by, the first one first. */
  *add(text: string, file: string | undefined, stack: readonly string[]): Generator<void> {
    const { values, index } = yield* parseTomlSteps(text, file);
    const part = { file, index };
    const { [INCLUDE]: include, ...own } = values;
    this.#merge(this.#values, own, [], part);
    this.#parts.push(part);
    if (include !== undefined) yield* this.#include(include, part, stack);
  }

  finish(file: string | undefined): ConfigDocument {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
    const parts = this.#parts;
    return Object.freeze({
      values: this.#values,
      files: Object.freeze(parts.map((part) => part.file)),
      place(path: readonly string[]): KeyPlace {
        for (let size = path.length; size > 0; size--) {
          const prefix = path.slice(0, size);
          const part = parts.find(({ index }) => index.exact(prefix) !== undefined);
          if (part !== undefined) return { file: part.file, line: part.index.exact(prefix) };
        }
        return { file, line: undefined };
      },
    });
  }

  *#include(include: unknown, part: Part, stack: readonly string[]): Generator<void> {
    const patterns: readonly unknown[] = Array.isArray(include) ? include : [include];
    for (const pattern of patterns) {
      if (typeof pattern !== "string" || pattern === "") {
        this.#problem([INCLUDE], part, `Expected names of files in quotes, found ${show(pattern)}`);
      } else if (this.#includes === undefined) {
        this.#problem([INCLUDE], part, `Cannot include ${pattern}: included files are not read here`);
      } else {
        yield* this.#pattern(pattern, this.#includes, part, stack);
      }
    }
  }

  *#pattern(
    pattern: string,
    includes: IncludeReader,
    part: Part,
    stack: readonly string[],
  ): Generator<void> {
    try {
      for (const name of includes.expand(pattern, part.file)) {
        const identity = includes.identity(name);
        if (stack.includes(identity)) this.#problem([INCLUDE], part, `${name} includes itself`);
        else if (this.#parts.length > MAX_INCLUDED_FILES) {
          return this.#problem([INCLUDE], part, `More than ${MAX_INCLUDED_FILES} files are included`);
        } else yield* this.add(includes.read(name), name, [...stack, identity]);
      }
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      const reason = errorMessage(error);
      this.#problem([INCLUDE], part, `Cannot include ${pattern}: ${reason}`);
    }
  }

  #merge(target: Record<string, unknown>, values: TomlTable, base: readonly string[], part: Part): void {
    for (const [name, value] of Object.entries(values)) {
      const path = [...base, name];
      // Not what every object has, such as "constructor".
      const found = Object.hasOwn(target, name) ? target[name] : undefined;
      if (isTable(value) && !part.index.isValue(path) && (found === undefined || this.#isOpen(found, path))) {
        const table: Record<string, unknown> = isTable(found) ? { ...found } : {};
        target[name] = table;
        this.#merge(table, value, path, part);
      } else if (found === undefined) {
        target[name] = value;
      } else {
        this.#repeated(path, part);
      }
    }
  }

  /** Whether what is there is a table that keys may be added to, and not a value such as `{ a = 1 }`. */
  #isOpen(found: unknown, path: readonly string[]): boolean {
    return isTable(found) && !this.#parts.some(({ index }) => index.isValue(path));
  }

  #repeated(path: readonly string[], part: Part): void {
    const first = this.#parts.find(({ index }) => index.exact(path) !== undefined);
    const where = `${first?.file ?? "line "}${first?.file === undefined ? "" : ":"}${
      first?.index.exact(path)
    }`;
    this.#problem(path, part, `Repeated key: it is already in ${where}`, "keep one of them");
  }

  #problem(path: readonly string[], { file, index }: Part, message: string, suggestion?: string): void {
    this.#problems.push({ file, line: index.line(path), path: showPath(path), message, suggestion });
  }
}
