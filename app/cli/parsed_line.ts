/**
 * The arguments of one command, sorted and checked against its flags.
 *
 * @module
 */

import { didYouMean, show } from "../../config/mod.ts";
import { CliError } from "./cli_error.ts";
import { type CommandArguments, type CommandSpec, COMMON_FLAGS, type FlagSpec } from "./command_spec.ts";
import { parseFlags } from "./parse_flags.ts";

/** The arguments of one command. */
export class ParsedLine implements CommandArguments {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  /**
   * @param spec The command.
   * @param words All arguments, the command's own words included.
   * @throws {CliError} A flag is unknown, repeated or without its value, or there are too many words.
   */
  constructor(spec: CommandSpec, words: readonly string[]) {
    const flags = [...spec.flags, ...COMMON_FLAGS];
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

  has(flag: string): boolean {
    return this.#values[flag] === true;
  }

  value(flag: string): string | undefined {
    return this.values(flag)[0];
  }

  values(flag: string): readonly string[] {
    const values: unknown = this.#values[flag];
    return Array.isArray(values) ? values.filter((value) => typeof value === "string") : [];
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
