/**
 * `srs hooks list`: what waits in the outbox, next to a running server or without one.
 *
 * @module
 */
import { printLine } from "../../../system/log/mod.ts";
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { openOutbox, printEntries } from "../outbox.ts";

/** List the calls that wait in the outbox. */
export interface HooksListCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks list";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** `srs hooks list`. */
export const HOOKS_LIST: CommandSpec<HooksListCommand> = {
  name: "hooks list",
  operands: "",
  maxOperands: 0,
  description: "List the calls that wait in the outbox",
  flags: [CONFIG_FLAG],
  examples: ["srs hooks list -c srs.toml"],
  parse: (args) => ({ kind: "hooks list", file: args.value("config") }),
  run({ file }) {
    using outbox = openOutbox(file);
    for (const state of ["due", "open", "asked"] as const) printEntries(outbox, state);
    const { due, open, asked, dead } = outbox.counts();
    printLine(`${due} due, ${open} open, ${asked} asked, ${dead} dead`);
  },
};
