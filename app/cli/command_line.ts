/**
 * The command line: arguments -> one command, or why not. Nothing is executed here.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import {
  type CommandName,
  COMMANDS,
  type CommandSpec,
  COMMON_FLAGS,
  type FlagSpec,
  helpGroup,
} from "./command_table.ts";
import type { Command, HooksServeCommand, SignCommand, UsageError } from "./command.ts";
import { didYouMean, duration, LISTEN, show } from "../../config/mod.ts";
import { HOOK_EVENT_NAMES, type ListenAddress } from "../../core/mod.ts";

const EVENTS: readonly string[] = HOOK_EVENT_NAMES;
const DEFAULT_HOOK_PORT = 8085;
const LOOPBACK = "127.0.0.1";
const LONGEST_DELAY_MS = 600_000;
/** Whoever wants an address for longer wants no expiry at all. */
const VALID_TIME = duration("s", { minMs: 1000, maxMs: 10 * 365 * 86_400_000 });

/** The library is JavaScript without types. */
type ParseArgs = (args: readonly string[], options: {
  readonly string: readonly string[];
  readonly boolean: readonly string[];
  readonly collect: readonly string[];
  readonly alias: Readonly<Record<string, string>>;
  readonly unknown?: (argument: string, name?: string) => boolean;
}) => Readonly<Record<string, unknown>>;

/** Raised inside this file only, where a value deep down cannot be used. */
class CliError extends Error {
  readonly suggestion: string | undefined;

  constructor(message: string, suggestion?: string) {
    super(message);
    this.suggestion = suggestion;
  }
}

/**
 * Read the command line.
 *
 * @param args The arguments behind the program's name.
 * @returns The command, or a `UsageError` as a value.
 */
export function parseCommandLine(args: readonly string[]): Command | UsageError {
  // SRS's own spellings of help and version.
  const words = args.map((word) => word === "-?" ? "-h" : word === "-V" ? "-v" : word);
  let topic: CommandName | undefined;
  try {
    if (words.includes("")) throw new CliError("An argument is empty", "perhaps a variable that is not set");
    const group = helpAboutGroup(words);
    if (group !== undefined) return { kind: "help", topic: group };
    const spec = commandOf(words);
    if (spec.name !== "serve") topic = spec.name;
    const line = new ParsedLine(spec, words);
    if (line.has("help")) return { kind: "help", topic };
    if (line.has("version")) return { kind: "version" };
    return commandFrom(spec.name, line);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { kind: "usage", message: error.message, suggestion: error.suggestion, topic };
  }
}

function commandFrom(name: CommandName, line: ParsedLine): Command {
  switch (name) {
    case "serve":
      return { kind: line.has("test") ? "config check" : "serve", file: line.value("config") };
    case "config check":
    case "config print":
      return { kind: name, file: oneFile(line) };
    case "config convert": {
      const [file] = line.operands;
      if (file === undefined) throw new CliError("srs config convert needs the file to convert");
      return { kind: name, file, force: line.has("force") };
    }
    case "sign":
      return sign(line);
    case "hooks serve":
      return hooksServe(line);
    case "hooks test":
      return {
        kind: name,
        event: event(line.operands[0]),
        file: line.value("config"),
        values: line.samples(),
      };
    case "hooks list":
    case "hooks dead":
      return { kind: name, file: line.value("config") };
    case "hooks replay":
      return { kind: name, file: line.value("config"), ids: deadCalls(name, line), to: line.value("to") };
    case "hooks drop":
      return { kind: name, file: line.value("config"), ids: deadCalls(name, line) };
    default:
      return name satisfies never;
  }
}

function deadCalls(name: CommandName, line: ParsedLine): readonly string[] | "all" {
  if (line.has("all") !== line.operands.length > 0) return line.has("all") ? "all" : line.operands;
  throw new CliError(`srs ${name} needs either the ids of calls or --all`, "srs hooks dead lists the ids");
}

function sign(line: ParsedLine): SignCommand {
  const [url] = line.operands;
  if (url === undefined) throw new CliError("srs sign needs the address of a stream");
  const action = line.value("for") ?? "play";
  if (action !== "publish" && action !== "play") {
    throw new CliError(`Cannot use ${show(action)} as --for: expected publish or play`);
  }
  const time = line.value("valid") ?? "1h";
  const valid = VALID_TIME.fromWords?.([time]);
  if (valid?.ok !== true) throw new CliError(`Cannot use ${show(time)} as --valid`, valid?.message);
  const validSeconds = Math.ceil(valid.value / 1000);
  return { kind: "sign", url, action, validSeconds, ip: line.value("ip") ?? "", file: line.value("config") };
}

function hooksServe(line: ParsedLine): HooksServeCommand {
  const [address] = line.operands;
  const status = line.value("status");
  const delay = line.value("delay");
  return {
    kind: "hooks serve",
    ...(address === undefined ? { hostname: LOOPBACK, port: DEFAULT_HOOK_PORT } : hookAddress(address)),
    deny: line.values("deny").flatMap((value) => value.split(",")).map(event),
    status: status === undefined ? undefined : number("--status", status, 200, 599),
    delayMs: delay === undefined ? 0 : number("--delay", delay, 0, LONGEST_DELAY_MS),
    json: line.has("json"),
    secrets: line.values("secret"),
    mask: line.has("mask"),
  };
}

/** A port is one of loopback, unlike in `listen`: everybody could make the hook server print. */
function hookAddress(text: string): ListenAddress {
  if (/^\d+$/.test(text)) return { hostname: LOOPBACK, port: number("the port", text, 0, 65_535) };
  const parsed = LISTEN.parse(text);
  const [address] = parsed.ok ? parsed.value : [];
  if (address !== undefined && !/\s/.test(text)) return address;
  throw new CliError(
    `Cannot use ${show(text)} as the address: expected a port from 0 to 65535, or an address and a port`,
    "8085, 0.0.0.0:8085 or [::1]:8085",
  );
}

/** `srs hooks --help`: the group whose first word stands alone, where help is asked for. */
function helpAboutGroup(words: readonly string[]): "config" | "hooks" | undefined {
  if (!words.includes("-h") && !words.includes("--help")) return undefined;
  const { operands } = parseFlags(words, [...COMMANDS.flatMap((command) => command.flags), ...COMMON_FLAGS]);
  return operands.length === 1 ? helpGroup(operands[0]) : undefined;
}

/** The command whose words stand first among the operands. */
function commandOf(words: readonly string[]): CommandSpec {
  const flags = COMMANDS.flatMap((command) => command.flags);
  const [first, second] = parseFlags(words, [...flags, ...COMMON_FLAGS]).operands;
  const named = (name: string) => COMMANDS.find((command) => command.name === name);
  const spec = first === undefined ? COMMANDS[0] : named(`${first} ${second}`) ?? named(first);
  if (spec !== undefined) return spec;
  const help = words.includes("-h") || words.includes("--help");
  const [serve] = COMMANDS;
  if (help && serve !== undefined) return serve;
  const asked = [first, second].filter((word) => word !== undefined).join(" ");
  const firsts = new Set(COMMANDS.map((command) => command.name.split(" ")[0] ?? ""));
  if (first !== undefined && firsts.has(first)) {
    const seconds = COMMANDS.filter((command) => command.name.startsWith(`${first} `)).map(({ name }) =>
      name
    );
    if (second === undefined) throw new CliError(`srs ${first} needs a second word`, seconds.join(", "));
    const near = didYouMean(asked, seconds);
    throw new CliError(`Unknown command ${show(asked)}`, near && `did you mean: srs ${near}?`);
  }
  const near = didYouMean(asked, COMMANDS.map(({ name }) => name)) ?? didYouMean(first ?? "", firsts);
  const meant = near ?? (/\.(toml|conf)$/.test(first ?? "") ? `-c ${first}` : undefined);
  throw new CliError(`Unknown command ${show(asked)}`, meant && `did you mean: srs ${meant}?`);
}

/** The arguments of one command, sorted out. */
class ParsedLine {
  /** Without the command's own words. */
  readonly operands: readonly string[];
  readonly #spec: CommandSpec;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(spec: CommandSpec, words: readonly string[]) {
    const flags = [...spec.flags, ...COMMON_FLAGS];
    this.#spec = spec;
    const { values, operands } = parseFlags(words, flags, (flag) => {
      const name = flag.replace(/^-+/, "").replace(/=.*/s, "");
      const near = didYouMean(name, flags.map((known) => known.name));
      const where = spec.name === "serve" ? "srs" : `srs ${spec.name}`;
      throw new CliError(`Unknown option ${show(flag)} of ${where}`, near && `did you mean --${near}?`);
    });
    this.#values = values;
    const own = operands[0] === undefined || !spec.name.startsWith(operands[0])
      ? 0
      : spec.name.split(" ").length;
    this.operands = operands.slice(own);
    const asksHelp = this.has("help") || this.has("version");
    if (!asksHelp && this.operands.length > spec.maxOperands) {
      throw new CliError(`Unexpected word ${show(this.operands[spec.maxOperands])}`);
    }
    for (const flag of spec.flags) this.#check(flag);
  }

  /** Whether a switch is given. */
  has(name: string): boolean {
    return this.#values[name] === true;
  }

  /** The value of a flag that is given once. */
  value(name: string): string | undefined {
    return this.values(name)[0];
  }

  /** The values of a flag. */
  values(name: string): readonly string[] {
    const values: unknown = this.#values[name];
    return Array.isArray(values) ? values.filter((value) => typeof value === "string") : [];
  }

  /** The values of all flags but the configuration's. */
  samples(): Readonly<Record<string, string>> {
    const samples: [string, string][] = [];
    for (const { name } of this.#spec.flags) {
      const value = name === "config" ? undefined : this.value(name);
      if (value !== undefined) samples.push([name, value]);
    }
    return Object.fromEntries(samples);
  }

  #check({ name, value, repeats }: FlagSpec): void {
    if (value === undefined) return;
    const values = this.values(name);
    if (values.includes("")) throw new CliError(`--${name} needs a value: --${name} ${value}`);
    if (values.length > 1 && repeats !== true) {
      throw new CliError(`--${name} is given ${values.length} times`);
    }
  }
}

/** Words sorted into flags and the rest. */
interface SortedWords {
  readonly values: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

function parseFlags(
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
  const behindDashes: unknown = values["_"];
  return {
    values,
    operands: [...operands, ...(Array.isArray(behindDashes) ? behindDashes.map(String) : [])],
  };
}

/** The configuration as an operand or as `--config`, not both. */
function oneFile(line: ParsedLine): string | undefined {
  const [operand] = line.operands;
  const flag = line.value("config");
  if (operand !== undefined && flag !== undefined) {
    throw new CliError(`Two files are given: ${flag} and ${operand}`);
  }
  return operand ?? flag;
}

function event(word: string | undefined): string {
  if (word !== undefined && EVENTS.includes(word)) return word;
  const near = word === undefined ? undefined : didYouMean(word, EVENTS);
  const message = word === undefined ? "srs hooks test needs an event" : `Unknown event ${show(word)}`;
  throw new CliError(message, near === undefined ? `one of ${EVENTS.join(", ")}` : `did you mean ${near}?`);
}

function number(what: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new CliError(`Cannot use ${show(text)} as ${what}: expected a number from ${min} to ${max}`);
}
