/**
 * `srs`: serve.
 *
 * @module
 */
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { CONFIG_CHECK, type ConfigCheckCommand } from "./config_check.ts";

/** Serve with a configuration. */
export interface ServeCommand {
  /** Tells the commands apart. */
  readonly kind: "serve";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** `srs serve`, or `srs` alone; with `-t` it is `srs config check`, as in SRS. */
export const SERVE_COMMAND: CommandSpec<ServeCommand | ConfigCheckCommand> = {
  name: "serve",
  operands: "",
  maxOperands: 0,
  description: "Serve RTMP; without a file everything has its default",
  flags: [CONFIG_FLAG, { name: "test", short: "t", description: "check the configuration and exit 0 or 1" }],
  examples: ["srs", "srs -c srs.toml", "srs -t -c srs.toml"],
  parse: (args) => ({ kind: args.has("test") ? "config check" : "serve", file: args.value("config") }),
  async run(command) {
    if (command.kind !== "serve") return await CONFIG_CHECK.run(command);
    const { serve } = await import("../../serve.ts");
    return await serve(command.file);
  },
};
