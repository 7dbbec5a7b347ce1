/**
 * What each command of `srs` is made of: its words, flags and help, how it is read, and what it does.
 *
 * @module
 */

/** One flag. */
export interface FlagSpec {
  /** Without dashes. */
  readonly name: string;
  /** One letter, without dash. */
  readonly short?: string;
  /** The word for its value in help; a flag without one is a switch. */
  readonly value?: string;
  /** May be given more than once. */
  readonly repeats?: boolean;
  /** One line for help. */
  readonly description: string;
}

/** The arguments of one command. */
export interface CommandArguments {
  /** Without the command's own words. */
  readonly operands: readonly string[];
  /** Whether a switch is given. */
  has(flag: string): boolean;
  /** The value of a flag that is given once. */
  value(flag: string): string | undefined;
  /** The values of a flag, in their order. */
  values(flag: string): readonly string[];
}

/** A command as it was read. */
export interface ParsedCommand {
  /** The name of the command that executes it. */
  readonly kind: string;
}

/** One command. */
export interface CommandSpec<C extends ParsedCommand = ParsedCommand> {
  /** Its words after `srs`; `serve` is meant where there are none. */
  readonly name: string;
  /** Words after the command's own, for help. */
  readonly operands: string;
  /** How many of them at most. */
  readonly maxOperands: number;
  /** One line for help. */
  readonly description: string;
  readonly flags: readonly FlagSpec[];
  /** Whole lines that work. */
  readonly examples: readonly string[];
  /**
   * Read the arguments; nothing is executed.
   *
   * @throws {CliError} An argument cannot be used.
   */
  parse(args: CommandArguments): C;
  /**
   * Execute the command. What only it needs of the house is imported here, by `await import(...)`, so that no other
   * command waits until it is loaded.
   *
   * @returns The exit code, where it is not 0.
   * @throws {Error} It failed; the message reaches the operator.
   */
  run(command: C): Promise<number | void> | number | void;
}

/** The flag that names a configuration. */
export const CONFIG_FLAG: FlagSpec = Object.freeze({
  name: "config",
  short: "c",
  value: "FILE",
  description: "configuration file (TOML)",
});

/** Flags that every command takes. */
export const COMMON_FLAGS: readonly FlagSpec[] = Object.freeze([
  { name: "help", short: "h", description: "show this help" },
  { name: "version", short: "v", description: "show the version" },
]);
