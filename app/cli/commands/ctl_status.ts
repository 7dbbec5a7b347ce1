/**
 * `srs ctl status`: a running server in a few numbers.
 *
 * @module
 */
import type { CommandSpec } from "../command_spec.ts";
import {
  CTL_FLAGS,
  ctlClient,
  type CtlOptions,
  ctlOptions,
  memberOf,
  printFacts,
  printJson,
} from "../ctl.ts";
import { readableBytes, readableSeconds, readableShare } from "../readable.ts";

/** Show a running server in a few numbers. */
export interface CtlStatusCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl status";
}

/** `srs ctl status`. */
export const CTL_STATUS: CommandSpec<CtlStatusCommand> = {
  name: "ctl status",
  operands: "",
  maxOperands: 0,
  description: "Show a running server in a few numbers",
  flags: CTL_FLAGS,
  examples: ["srs ctl status -c srs.toml", "srs ctl status --json"],
  parse: (args) => ({ kind: "ctl status", ...ctlOptions(args) }),
  async run(options) {
    const answer = await (await ctlClient(options)).call("GET", "summaries");
    if (options.json) return printJson(answer);
    const isDraining = memberOf(answer, "data.draining") === true;
    printFacts(answer, [
      ...isDraining ? [["draining", "data.draining"]] as const : [],
      ["version", "data.self.version"],
      ["pid", "data.self.pid"],
      ["uptime", "data.self.srs_uptime", readableSeconds],
      ["connections", "data.system.conn_srs"],
      ["memory", "data.self.mem_kbyte", (kib) => readableBytes(kib * 1024)],
      ["processor, of one core", "data.self.cpu_percent", readableShare],
      ["received", "data.system.srs_recv_bytes", readableBytes],
      ["sent", "data.system.srs_send_bytes", readableBytes],
    ]);
  },
};
