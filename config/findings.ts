/**
 * Collects problems and warnings while a configuration is read, so that all of them are told at once.
 *
 * @module
 */

import type { Origin } from "./config.ts";
import { ConfigError, type Problem } from "./problem.ts";
import type { TomlIndex } from "./toml_index.ts";
import { tomlString } from "./value_type.ts";

/** What is found while one text is read. */
export class Findings {
  readonly #file: string | undefined;
  readonly #index: TomlIndex;
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];

  /**
   * @param file The text's name.
   * @param index Its lines.
   */
  constructor(file: string | undefined, index: TomlIndex) {
    this.#file = file;
    this.#index = index;
  }

  /** Where a key of the file comes from. */
  origin(path: readonly string[]): Origin {
    return { kind: "file", file: this.#file, line: this.#index.line(path) };
  }

  /** Something that stops the start, at a key of the file. */
  problem(path: readonly string[], message: string, suggestion?: string): void {
    this.#problems.push(this.#at(path, message, suggestion));
  }

  /** Something that the operator should know, at a key of the file. */
  warning(path: readonly string[], message: string, suggestion?: string): void {
    this.#warnings.push(this.#at(path, message, suggestion));
  }

  /** Something that stops the start, in a variable. */
  environmentProblem(name: string, message: string, suggestion?: string): void {
    this.#problems.push(environmentFinding(name, message, suggestion));
  }

  /** Something that the operator should know about a variable. */
  environmentWarning(name: string, message: string, suggestion?: string): void {
    this.#warnings.push(environmentFinding(name, message, suggestion));
  }

  /**
   * The warnings, in the file's order.
   *
   * @throws {ConfigError} There are problems.
   */
  finish(): readonly Problem[] {
    if (this.#problems.length > 0) throw new ConfigError(inOrder(this.#problems));
    return Object.freeze(inOrder(this.#warnings));
  }

  #at(path: readonly string[], message: string, suggestion: string | undefined): Problem {
    const line = this.#index.line(path);
    return Object.freeze({ file: this.#file, line, path: showPath(path), message, suggestion });
  }
}

/** A path as an operator would write it: parts with dots in quotes. */
export function showPath(path: readonly string[]): string {
  return path.map((part) => /^[A-Za-z0-9_-]+$/.test(part) ? part : tomlString(part)).join(".");
}

function environmentFinding(name: string, message: string, suggestion: string | undefined): Problem {
  return Object.freeze({ file: "environment", line: undefined, path: name, message, suggestion });
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) =>
    (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER)
  );
}
