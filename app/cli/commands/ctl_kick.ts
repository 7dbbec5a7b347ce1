/**
 * `srs ctl kick`: ends a client of a running server.
 *
 * @module
 */
import { printLine } from "../../../system/log/mod.ts";
import { wholeNumber } from "../arguments.ts";
import { CliError } from "../cli_error.ts";
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, ctlClient, type CtlOptions, ctlOptions, printJson } from "../ctl.ts";

const MAX_SECONDS = 86_400;

/** End a client. */
export interface CtlKickCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl kick";
  /** Of the client. */
  readonly id: string;
  /** Seconds for which its name is kept from a publisher; `undefined`: as configured. */
  readonly hold: number | undefined;
}

/** `srs ctl kick`. */
export const CTL_KICK: CommandSpec<CtlKickCommand> = {
  name: "ctl kick",
  operands: "ID",
  maxOperands: 1,
  description: "End a client of a running server",
  flags: [
    ...CTL_FLAGS,
    { name: "hold", value: "SECONDS", description: "how long a publisher's name is kept from it" },
  ],
  examples: ["srs ctl kick 17 -c srs.toml"],
  parse(args) {
    const [id] = args.operands;
    if (id === undefined) {
      throw new CliError("srs ctl kick needs the id of a client", "srs ctl clients lists them");
    }
    const text = args.value("hold");
    const hold = text === undefined ? undefined : wholeNumber("--hold", text, { min: 0, max: MAX_SECONDS });
    return { kind: "ctl kick", ...ctlOptions(args), id, hold };
  },
  async run({ id, hold, ...options }) {
    const query = hold === undefined ? "" : `?hold=${hold}`;
    const answer = await (await ctlClient(options)).call(
      "DELETE",
      `clients/${encodeURIComponent(id)}${query}`,
    );
    if (options.json) return printJson(answer);
    printLine(`Client ${id} was ended`);
  },
};
