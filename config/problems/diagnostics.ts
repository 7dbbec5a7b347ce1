/**
 * Collects problems and warnings while a configuration is read, so that all of them are reported at once.
 *
 * @module
 */

import type { SettingOrigin } from "../config.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { tomlString } from "../types/value_type.ts";

/** Where a key is. */
export interface KeyPlace {
  /** The file's name, `undefined` when the text came without one. */
  readonly file: string | undefined;
  /** Counted from 1; `undefined` when nothing on the path is in any file. */
  readonly line: number | undefined;
}

/** Knows where keys are. */
export interface KeyPlaces {
  /** The files, the first one first. */
  readonly files: readonly (string | undefined)[];
  /** The place of a key or table, or of the nearest one around it. */
  place(path: readonly string[]): KeyPlace;
}

/** What is found while one configuration is read. */
export class Diagnostics {
  readonly #places: KeyPlaces;
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];

  /** @param places Knows where keys are. */
  constructor(places: KeyPlaces) {
    this.#places = places;
  }

  /** Where a key of the file comes from. */
  origin(path: readonly string[]): SettingOrigin {
    return { kind: "file", ...this.#places.place(path) };
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
    if (this.#problems.length > 0) throw new ConfigError(this.#inOrder(this.#problems));
    return Object.freeze(this.#inOrder(this.#warnings));
  }

  #at(path: readonly string[], message: string, suggestion: string | undefined): Problem {
    const { file, line } = this.#places.place(path);
    return Object.freeze({ file, line, path: showPath(path), message, suggestion });
  }

  /** File by file, in the order of the lines; what is in no file comes last. */
  #inOrder(problems: readonly Problem[]): Problem[] {
    const { files } = this.#places;
    const last = Number.MAX_SAFE_INTEGER;
    const fileOrder = ({ file, line }: Problem): number => line === undefined ? last : files.indexOf(file);
    return problems.toSorted((a, b) => fileOrder(a) - fileOrder(b) || (a.line ?? last) - (b.line ?? last));
  }
}

/** A path as an operator would write it: parts with dots in quotes. */
export function showPath(path: readonly string[]): string {
  return path.map((part) => /^[A-Za-z0-9_-]+$/.test(part) ? part : tomlString(part)).join(".");
}

function environmentFinding(name: string, message: string, suggestion: string | undefined): Problem {
  return Object.freeze({ file: "environment", line: undefined, path: name, message, suggestion });
}
