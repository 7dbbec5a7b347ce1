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
  /** Take over from the process that serves. */
  readonly takeover: boolean;
}

/** `srs serve`, or `srs` alone; with `-t` it is `srs config check`, as in SRS. */
export const SERVE_COMMAND: CommandSpec<ServeCommand | ConfigCheckCommand> = {
  name: "serve",
  operands: "",
  maxOperands: 0,
  description: "Serve RTMP; without a file everything has its default",
  flags: [
    CONFIG_FLAG,
    { name: "test", short: "t", description: "check the configuration and exit 0 or 1" },
    {
      name: "takeover",
      description: "take the ports over from the server whose id is in pid, which then drains",
    },
  ],
  examples: ["srs", "srs -c srs.toml", "srs -t -c srs.toml", "srs --takeover -c srs.toml"],
  parse(args) {
    const file = args.value("config");
    return args.has("test")
      ? { kind: "config check", file }
      : { kind: "serve", file, takeover: args.has("takeover") };
  },
  async run(command) {
    if (command.kind !== "serve") return await CONFIG_CHECK.run(command);
    const { serve } = await import("../../serve.ts");
    return await serve(command);
  },
};
