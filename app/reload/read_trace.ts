/**
 * What a configuration was read from, so that a change of any of it can be noticed: by content, as the events of a file
 * system are only hints.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { IncludeReader } from "../../config/mod.ts";

/** Something that was read. */
interface Step {
  /** `""` where it could not be read. */
  readonly seen: string;
  /** Reads it again; throws where it cannot. */
  again(): string;
}

/** Reads texts and finds included files, and can do both again. */
export class ReadTrace implements IncludeReader {
  readonly #includes: IncludeReader;
  readonly #readFile: (path: string) => string;
  /** What was done, by its name. */
  readonly #steps = new Map<string, Step>();
  readonly #files = new Set<string>();

  /**
   * Nothing read yet.
   *
   * @param readFile Reads a file that the configuration names; throws where it cannot.
   */
  constructor(includes: IncludeReader, readFile: (path: string) => string) {
    this.#includes = includes;
    this.#readFile = readFile;
  }

  /** Files that were read, as they are named. */
  get files(): readonly string[] {
    return [...this.#files];
  }

  /** Read a file that the configuration names, or the configuration. */
  readFile(path: string): string {
    this.#files.add(path);
    return this.#do(`file ${path}`, () => this.#readFile(path), String);
  }

  /** @inheritdoc */
  expand(pattern: string, from: string | undefined): readonly string[] {
    return this.#do(`pattern ${from} ${pattern}`, () => this.#includes.expand(pattern, from), JSON.stringify);
  }

  /** @inheritdoc */
  read(name: string): string {
    this.#files.add(name);
    return this.#do(`include ${name}`, () => this.#includes.read(name), String);
  }

  /** @inheritdoc */
  identity(name: string): string {
    return this.#includes.identity(name);
  }

  /** A digest of all of it as it was read. */
  get asRead(): string {
    return this.#digest(({ seen }) => seen);
  }

  /** The same as it is now. Never throws. */
  asItIs(): string {
    return this.#digest(({ again }) => contentOf(again));
  }

  #do<T>(step: string, work: () => T, textOf: (result: T) => string): T {
    let seen = "";
    try {
      const result = work();
      seen = textOf(result);
      return result;
    } finally {
      this.#steps.set(step, { seen, again: () => textOf(work()) });
    }
  }

  #digest(contentOfStep: (step: Step) => string): string {
    const hash = createHash("sha256");
    for (const [name, step] of this.#steps) hash.update(`${name}\n${contentOfStep(step)}\n`);
    return hash.digest("hex");
  }
}

function contentOf(read: () => string): string {
  try {
    return read();
  } catch {
    // It is not there, or cannot be read: a reload says why.
    return "";
  }
}
