/**
 * `srs ctl clients`: list the clients of a running server.
 *
 * @module
 */
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, type CtlOptions, ctlOptions, printList } from "../ctl.ts";

/** List the clients of a running server. */
export interface CtlClientsCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl clients";
}

/** `srs ctl clients`. */
export const CTL_CLIENTS: CommandSpec<CtlClientsCommand> = {
  name: "ctl clients",
  operands: "",
  maxOperands: 0,
  description: "List the clients of a running server",
  flags: CTL_FLAGS,
  examples: ["srs ctl clients -c srs.toml"],
  parse: (args) => ({ kind: "ctl clients", ...ctlOptions(args) }),
  run: (options) =>
    printList(options, "clients", [
      ["ID", "id"],
      ["TYPE", "type"],
      ["IP", "ip"],
      ["URL", "url"],
      ["SECONDS", "alive"],
      ["IN_KBPS", "kbps.recv_30s"],
      ["OUT_KBPS", "kbps.send_30s"],
      ["JUMPS", "jumps"],
    ]),
};
