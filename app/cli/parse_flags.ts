/**
 * Words -> flags and the rest, by the library.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { FlagSpec } from "./command_spec.ts";

/** The library is JavaScript without types. */
type ParseArgs = (args: readonly string[], options: {
  readonly string: readonly string[];
  readonly boolean: readonly string[];
  readonly collect: readonly string[];
  readonly alias: Readonly<Record<string, string>>;
  readonly unknown?: (argument: string, name?: string) => boolean;
}) => Readonly<Record<string, unknown>>;

/** Words sorted into flags and the rest. */
export interface SortedWords {
  /** Switches as `true`, flags with values as arrays of text. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Everything else, in its order. */
  readonly operands: readonly string[];
}

/**
 * Sort words.
 *
 * @param words All arguments.
 * @param flags The flags that exist.
 * @param onUnknown Called for each flag that does not exist, as it was written.
 */
export function parseFlags(
  words: readonly string[],
  flags: readonly FlagSpec[],
  onUnknown?: (flag: string) => void,
): SortedWords {
  const valued = flags.filter((flag) => flag.value !== undefined).map((flag) => flag.name);
  const operands: string[] = [];
  const parse: ParseArgs = parseArgs;
  const values = parse(words, {
    string: valued,
    boolean: flags.filter((flag) => flag.value === undefined).map((flag) => flag.name),
    collect: valued,
    alias: Object.fromEntries(flags.flatMap(({ name, short }) => short === undefined ? [] : [[name, short]])),
    // What is unknown never gets into the library's result: there 8085 would become a number, and a flag named "_"
    // would take the place of the operands.
    unknown(argument: string, name?: string): boolean {
      if (name === undefined) operands.push(argument);
      else onUnknown?.(argument);
      return false;
    },
  });
  const afterDashes: unknown = values["_"];
  return {
    values,
    operands: [...operands, ...(Array.isArray(afterDashes) ? afterDashes.map(String) : [])],
  };
}
