/**
 * Puts the directives of included files in the place of `include FILE;`, at whatever depth it is.
 *
 * @module
 */

import { errorMessage } from "../../core/mod.ts";
import { type IncludeReader, MAX_INCLUDED_FILES } from "../toml/include_reader.ts";
import { ConfigError } from "../problems/problem.ts";
import { type Directive, type ParserOptions, parseSrsConf } from "./srs_conf_parser.ts";

/** How to include. */
export interface IncludeOptions extends ParserOptions {
  readonly reader: IncludeReader | undefined;
  /** Blocks whose includes are of no interest. */
  readonly skipped?: ReadonlySet<string>;
}

/** Directives with their includes followed. */
export interface Included {
  readonly directives: readonly Directive[];
  /** Includes that could not be followed, which are still in `directives`, and why. */
  readonly failed: ReadonlyMap<Directive, string>;
  /** Includes whose patterns match no file, which are still in `directives`, and what to say of them. */
  readonly empty: ReadonlyMap<Directive, string>;
}

/**
 * Follow all includes.
 *
 * @param directives Of the first file.
 * @param options How to read, and which blocks to leave alone.
 * @throws {ConfigError} An included file breaks the grammar or includes itself.
 */
export function followIncludes(directives: readonly Directive[], options: IncludeOptions): Included {
  const follower = new Follower(options);
  const { file, reader } = options;
  const stack = file === undefined || reader === undefined ? [] : [reader.identity(file)];
  return { directives: follower.all(directives, stack), failed: follower.failed, empty: follower.empty };
}

class Follower {
  readonly failed = new Map<Directive, string>();
  readonly empty = new Map<Directive, string>();
  readonly #options: IncludeOptions;
  #files = 0;

  constructor(options: IncludeOptions) {
    this.#options = options;
  }

  /** @param stack What the files that are being read are known by, the first one first. */
  all(directives: readonly Directive[], stack: readonly string[]): readonly Directive[] {
    return directives.flatMap((directive) => {
      const { name, children } = directive;
      if (name === "include" && children === undefined) return this.#include(directive, stack);
      if (children === undefined || this.#options.skipped?.has(name) === true) return [directive];
      return [{ ...directive, children: this.all(children, stack) }];
    });
  }

  #include(directive: Directive, stack: readonly string[]): readonly Directive[] {
    const { reader } = this.#options;
    if (reader === undefined) return this.#fail(directive, "included files are not read here");
    return directive.args.flatMap((pattern) => {
      try {
        const names = reader.expand(pattern, directive.file);
        if (names.length === 0) return this.#matchesNothing(directive, pattern);
        return names.flatMap((name) => this.#file(name, reader, directive, stack));
      } catch (error) {
        if (error instanceof ConfigError) throw error;
        return this.#fail(directive, errorMessage(error));
      }
    });
  }

  #file(
    name: string,
    reader: IncludeReader,
    directive: Directive,
    stack: readonly string[],
  ): readonly Directive[] {
    const { file, line } = directive;
    const identity = reader.identity(name);
    if (stack.includes(identity)) {
      const message = `${name} includes itself`;
      throw new ConfigError([{ file, line, path: "include", message, suggestion: undefined }]);
    }
    this.#files += 1;
    if (this.#files > MAX_INCLUDED_FILES) {
      const message = `More than ${MAX_INCLUDED_FILES} files are included`;
      throw new ConfigError([{ file, line, path: "include", message, suggestion: undefined }]);
    }
    const directives = parseSrsConf(reader.read(name), { ...this.#options, file: name });
    return this.all(directives, [...stack, identity]);
  }

  /** SRS and nginx accept it; more often than not the file is away from those that it includes. */
  #matchesNothing(directive: Directive, pattern: string): readonly Directive[] {
    this.empty.set(directive, `include ${pattern}: no file matches, so that nothing is included`);
    return [directive];
  }

  #fail(directive: Directive, why: string): readonly Directive[] {
    this.failed.set(directive, `include ${directive.args.join(" ")}: not followed, ${why}`);
    return [directive];
  }
}
