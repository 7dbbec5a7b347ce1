/**
 * `srs hooks dead`: what was given up.
 *
 * @module
 */
import { printLine } from "../../../system/log/mod.ts";
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { openOutbox, printEntries } from "../outbox.ts";

/** List the calls that were given up. */
export interface HooksDeadCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks dead";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** `srs hooks dead`. */
export const HOOKS_DEAD: CommandSpec<HooksDeadCommand> = {
  name: "hooks dead",
  operands: "",
  maxOperands: 0,
  description: "List the calls that were given up",
  flags: [CONFIG_FLAG],
  examples: ["srs hooks dead -c srs.toml"],
  parse: (args) => ({ kind: "hooks dead", file: args.value("config") }),
  run({ file }) {
    using outbox = openOutbox(file);
    printEntries(outbox, "dead");
    printLine(`${outbox.counts().dead} dead`);
  },
};
