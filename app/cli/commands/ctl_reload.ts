/**
 * `srs ctl reload`: has a running server read its configuration again.
 *
 * @module
 */
import { printLine } from "../../../system/log/mod.ts";
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, ctlClient, type CtlOptions, ctlOptions, printJson, printMembers } from "../ctl.ts";

/** Reload the configuration. */
export interface CtlReloadCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl reload";
}

/** `srs ctl reload`. */
export const CTL_RELOAD: CommandSpec<CtlReloadCommand> = {
  name: "ctl reload",
  operands: "",
  maxOperands: 0,
  description: "Have a running server read its configuration again, and show what has changed",
  flags: CTL_FLAGS,
  examples: ["srs ctl reload -c srs.toml"],
  parse: (args) => ({ kind: "ctl reload", ...ctlOptions(args) }),
  async run(options) {
    const answer = await (await ctlClient(options)).call("POST", "reload");
    if (options.json) return printJson(answer);
    const changes = ["changed", "restart"].flatMap((list) => listIn(answer["data"], list));
    if (changes.length === 0) return printLine("Nothing has changed");
    printMembers(changes, [["WHEN", "when"], ["KEY", "key"], ["FROM", "from"], ["TO", "to"]]);
  },
};

function listIn(data: unknown, name: string): readonly unknown[] {
  const found = typeof data === "object" && data !== null ? Object.entries(data) : [];
  const list: unknown = found.find(([key]) => key === name)?.[1];
  return Array.isArray(list) ? list : [];
}
