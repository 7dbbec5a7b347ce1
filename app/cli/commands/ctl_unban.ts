/**
 * `srs ctl unban`: lifts a ban of a running server.
 *
 * @module
 */
import { printLine } from "../../../system/log/mod.ts";
import { CliError } from "../cli_error.ts";
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, ctlClient, type CtlOptions, ctlOptions, printJson } from "../ctl.ts";

/** Lift a ban. */
export interface CtlUnbanCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl unban";
  /** Of the ban. */
  readonly id: string;
}

/** `srs ctl unban`. */
export const CTL_UNBAN: CommandSpec<CtlUnbanCommand> = {
  name: "ctl unban",
  operands: "ID",
  maxOperands: 1,
  description: "Lift a ban of a running server",
  flags: CTL_FLAGS,
  examples: ["srs ctl unban k3j9x0ab -c srs.toml"],
  parse(args) {
    const [id] = args.operands;
    if (id === undefined) {
      throw new CliError("srs ctl unban needs the id of a ban", "srs ctl bans lists them");
    }
    return { kind: "ctl unban", ...ctlOptions(args), id };
  },
  async run({ id, ...options }) {
    const answer = await (await ctlClient(options)).call("DELETE", `bans/${encodeURIComponent(id)}`);
    if (options.json) return printJson(answer);
    printLine("The ban was lifted");
  },
};
