/**
 * `srs ctl records`: list the recordings of a running server.
 *
 * @module
 */
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, type CtlOptions, ctlOptions, printList } from "../ctl.ts";

/** List the recordings of a running server. */
export interface CtlRecordsCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl records";
}

/** `srs ctl records`. */
export const CTL_RECORDS: CommandSpec<CtlRecordsCommand> = {
  name: "ctl records",
  operands: "",
  maxOperands: 0,
  description: "List the recordings of a running server, those that are being written too",
  flags: CTL_FLAGS,
  examples: ["srs ctl records -c srs.toml"],
  parse: (args) => ({ kind: "ctl records", ...ctlOptions(args) }),
  run: (options) =>
    printList(options, "records", [
      ["ID", "id"],
      ["APP", "app"],
      ["STREAM", "stream"],
      ["START", "start"],
      ["SECONDS", "duration"],
      ["BYTES", "bytes"],
      ["REASON", "reason"],
      ["FILE", "file"],
    ]),
};
