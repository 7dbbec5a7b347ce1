/**
 * `srs config print`: everything in force, as TOML that loads again.
 *
 * @module
 */
import { printConfig } from "../../../config/mod.ts";
import { printLine } from "../../../system/log/mod.ts";
import { configFile } from "../arguments.ts";
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { loadForCommand } from "../load_for_command.ts";

/** Print a configuration. */
export interface ConfigPrintCommand {
  /** Tells the commands apart. */
  readonly kind: "config print";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** `srs config print`. */
export const CONFIG_PRINT: CommandSpec<ConfigPrintCommand> = {
  name: "config print",
  operands: "[FILE]",
  maxOperands: 1,
  description: "Print what is in force after defaults and environment, secrets masked",
  flags: [CONFIG_FLAG],
  examples: ["srs config print", "SRS_LISTEN=19350 srs config print srs.toml"],
  parse: (args) => ({ kind: "config print", file: configFile(args) }),
  run: ({ file }) => printLine(printConfig(loadForCommand(file).config).trimEnd()),
};
