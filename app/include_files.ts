/**
 * The files that `include` names, found on disk.
 *
 * @module
 */
import { errorMessage } from "../core/mod.ts";
import { dirname, isAbsolute, join, matchesGlob, normalize, resolve } from "node:path";
import type { IncludeReader } from "../config/mod.ts";
import { readTextFile } from "./text_file.ts";

const WILDCARD = /[*?[]/;

/** Finds and reads included files, from a directory that is settled at the start. */
export class IncludeFiles implements IncludeReader {
  readonly #directory: string;

  /** @param directory What relative names are relative to, absolute. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The files that a pattern names, sorted; hidden ones only where the pattern begins with a dot. */
  expand(pattern: string, from: string | undefined): readonly string[] {
    const path = isAbsolute(pattern) || from === undefined
      ? normalize(pattern)
      : join(dirname(from), pattern);
    if (!WILDCARD.test(path)) return [path];
    return this.#matching(path.split("/"), "").toSorted();
  }

  /** The text of a file. */
  read(name: string): string {
    try {
      return readTextFile(resolve(this.#directory, name), name);
    } catch (error) {
      if (error instanceof Error && error.name !== "ConfigError") {
        throw new Error(`cannot read ${name}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  }

  /** The file's path without links; what is not there has its own name. */
  identity(name: string): string {
    const path = resolve(this.#directory, name);
    try {
      return Deno.realPathSync(path);
    } catch {
      // Reading it says what is wrong.
      return path;
    }
  }

  /** @param before The path so far, with its slash. */
  #matching([part = "", ...rest]: readonly string[], before: string): readonly string[] {
    const isLast = rest.length === 0;
    if (!WILDCARD.test(part)) {
      if (!isLast) return this.#matching(rest, `${before}${part}/`);
      return this.#isFile(`${before}${part}`) ? [`${before}${part}`] : [];
    }
    return this.#entries(before === "" ? "." : before)
      .filter((name) => matchesGlob(name, part) && (part.startsWith(".") || !name.startsWith(".")))
      .flatMap((name) => {
        const path = `${before}${name}`;
        return isLast ? this.#isFile(path) ? [path] : [] : this.#matching(rest, `${path}/`);
      });
  }

  #entries(directory: string): readonly string[] {
    try {
      return Array.from(Deno.readDirSync(resolve(this.#directory, directory)), ({ name }) => name);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
      const reason = errorMessage(error);
      throw new Error(`cannot list ${directory}: ${reason}`, { cause: error });
    }
  }

  /** A link to nothing counts: reading it says what is wrong. */
  #isFile(path: string): boolean {
    const full = resolve(this.#directory, path);
    const exists = (look: (path: string) => Deno.FileInfo): Deno.FileInfo | undefined => {
      try {
        return look(full);
      } catch {
        return undefined;
      }
    };
    const found = exists(Deno.statSync) ?? exists(Deno.lstatSync);
    return found !== undefined && !found.isDirectory;
  }
}
