/**
 * `srs config check`: whether a server would start with this configuration.
 *
 * @module
 */
import { printLine } from "../../../system/log/mod.ts";
import { ConfigSource } from "../../config_source.ts";
import { vhostLines } from "../../vhost_lines.ts";
import { configFile } from "../arguments.ts";
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { printWarnings } from "../load_for_command.ts";

/** Check a configuration. */
export interface ConfigCheckCommand {
  /** Tells the commands apart. */
  readonly kind: "config check";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** `srs config check`. */
export const CONFIG_CHECK: CommandSpec<ConfigCheckCommand> = {
  name: "config check",
  operands: "[FILE]",
  maxOperands: 1,
  description: "Check a configuration and exit 0 or 1; all problems are listed",
  flags: [CONFIG_FLAG],
  examples: ["srs config check srs.toml"],
  parse: (args) => ({ kind: "config check", file: configFile(args) }),
  run({ file }) {
    const { config, warnings } = new ConfigSource(file).loadForStart();
    printWarnings(warnings);
    const count = warnings.length;
    const warned = count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`;
    printLine(`${file ?? "The built-in configuration"} is good${warned}`);
    for (const line of vhostLines(config)) printLine(line);
  },
};
