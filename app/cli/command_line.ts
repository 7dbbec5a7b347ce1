/**
 * The command line: arguments -> one command, or why not. Nothing is executed here.
 *
 * @module
 */

import { didYouMean, show } from "../../config/mod.ts";
import { CliError } from "./cli_error.ts";
import { type CommandSpec, COMMON_FLAGS } from "./command_spec.ts";
import { type CliCommand, COMMANDS, SERVE } from "./commands.ts";
import { helpGroup } from "./help.ts";
import { parseFlags } from "./parse_flags.ts";
import { ParsedLine } from "./parsed_line.ts";

/** Arguments that make no command. */
export interface UsageError {
  /** Distinguishes it from a command. */
  readonly kind: "usage";
  /** What is wrong. */
  readonly message: string;
  /** What was meant, where it is known. */
  readonly suggestion: string | undefined;
  /** The command whose help would help; `undefined` for the program's. */
  readonly topic: string | undefined;
}

/**
 * Read the command line.
 *
 * @param args The arguments after the program's name.
 * @returns The command, or a `UsageError` as a value.
 */
export function parseCommandLine(args: readonly string[]): CliCommand | UsageError {
  // SRS's own short flags for help and version.
  const words = args.map((word) => word === "-?" ? "-h" : word === "-V" ? "-v" : word);
  let topic: string | undefined;
  try {
    if (words.includes("")) throw new CliError("An argument is empty", "perhaps a variable that is not set");
    const group = helpAboutGroup(words);
    if (group !== undefined) return { kind: "help", topic: group };
    const spec = commandOf(words);
    if (spec !== SERVE) topic = spec.name;
    const line = new ParsedLine(spec, words);
    if (line.has("help")) return { kind: "help", topic };
    if (line.has("version")) return { kind: "version" };
    return spec.parse(line);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { kind: "usage", message: error.message, suggestion: error.suggestion, topic };
  }
}

/** `srs hooks --help`: the group, where its word is the only one and help is asked for. */
function helpAboutGroup(words: readonly string[]): string | undefined {
  if (!asksHelp(words)) return undefined;
  const operands = operandsOf(words);
  return operands.length === 1 ? helpGroup(operands[0]) : undefined;
}

/** The command whose words are the first operands. */
function commandOf(words: readonly string[]): CommandSpec<CliCommand> {
  const [first, second] = operandsOf(words);
  const named = (name: string) => COMMANDS.find((command) => command.name === name);
  const spec = first === undefined ? SERVE : named(`${first} ${second}`) ?? named(first);
  if (spec !== undefined) return spec;
  if (asksHelp(words)) return SERVE;
  throw unknownCommand(first ?? "", second);
}

function unknownCommand(first: string, second: string | undefined): CliError {
  const asked = second === undefined ? first : `${first} ${second}`;
  const names = COMMANDS.map(({ name }) => name);
  const firsts = new Set(names.map((name) => name.split(" ")[0] ?? ""));
  if (firsts.has(first)) {
    const seconds = names.filter((name) => name.startsWith(`${first} `));
    if (second === undefined) return new CliError(`srs ${first} needs a second word`, seconds.join(", "));
    const near = didYouMean(asked, seconds);
    return new CliError(`Unknown command ${show(asked)}`, near && `did you mean: srs ${near}?`);
  }
  const near = didYouMean(asked, names) ?? didYouMean(first, firsts);
  const meant = near ?? (/\.(toml|conf)$/.test(first) ? `-c ${first}` : undefined);
  return new CliError(`Unknown command ${show(asked)}`, meant && `did you mean: srs ${meant}?`);
}

function asksHelp(words: readonly string[]): boolean {
  return words.includes("-h") || words.includes("--help");
}

/** What is not a flag of any command, nor a flag's value. */
function operandsOf(words: readonly string[]): readonly string[] {
  return parseFlags(words, [...COMMANDS.flatMap(({ flags }) => flags), ...COMMON_FLAGS]).operands;
}
