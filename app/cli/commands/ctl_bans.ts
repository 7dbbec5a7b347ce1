/**
 * `srs ctl bans`: list the bans of a running server.
 *
 * @module
 */
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, type CtlOptions, ctlOptions, printList } from "../ctl.ts";
import { readableMoment } from "../readable.ts";

/** List the bans of a running server. */
export interface CtlBansCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl bans";
}

/** `srs ctl bans`. */
export const CTL_BANS: CommandSpec<CtlBansCommand> = {
  name: "ctl bans",
  operands: "",
  maxOperands: 0,
  description: "List the bans of a running server",
  flags: CTL_FLAGS,
  examples: ["srs ctl bans -c srs.toml"],
  parse: (args) => ({ kind: "ctl bans", ...ctlOptions(args) }),
  run: (options) =>
    printList(options, "bans", [
      ["ID", "id"],
      ["KIND", "kind"],
      ["VALUE", "value"],
      ["UNTIL", "expires_ms", readableMoment],
      ["REASON", "reason"],
    ]),
};
