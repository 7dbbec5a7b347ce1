/**
 * `srs ctl drain`: has a running server accept nobody more, and end with its last client.
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
import { readableWait } from "../readable.ts";

/** Drain a running server. */
export interface CtlDrainCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl drain";
}

/** `srs ctl drain`. */
export const CTL_DRAIN: CommandSpec<CtlDrainCommand> = {
  name: "ctl drain",
  operands: "",
  maxOperands: 0,
  description: "Have a running server accept nobody more, and end with its last client",
  flags: CTL_FLAGS,
  examples: ["srs ctl drain -c srs.toml"],
  parse: (args) => ({ kind: "ctl drain", ...ctlOptions(args) }),
  async run(options) {
    const answer = await (await ctlClient(options)).call("POST", "drain");
    if (options.json) return printJson(answer);
    // They are counted a moment after it has begun.
    const isCounted = typeof memberOf(answer, "drain.connections") === "number";
    printFacts(answer, [
      ["draining", "drain.draining"],
      ...isCounted ? [["connections", "drain.connections"]] as const : [],
      ["longest wait", "drain.grace_ms", readableWait],
    ]);
  },
};
