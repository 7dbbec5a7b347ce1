/**
 * `srs hooks drop`: forgets calls that were given up.
 *
 * @module
 */
import { deadCalls } from "../arguments.ts";
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { changeDead, openOutbox } from "../outbox.ts";

/** Forget calls that were given up. */
export interface HooksDropCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks drop";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Which calls. */
  readonly ids: readonly string[] | "all";
}

/** `srs hooks drop`. */
export const HOOKS_DROP: CommandSpec<HooksDropCommand> = {
  name: "hooks drop",
  operands: "[ID...]",
  maxOperands: 1000,
  description: "Forget calls that were given up",
  flags: [CONFIG_FLAG, { name: "all", description: "all of them" }],
  examples: ["srs hooks drop --all -c srs.toml"],
  parse: (args) => ({ kind: "hooks drop", file: args.value("config"), ids: deadCalls("hooks drop", args) }),
  run({ file, ids }) {
    using outbox = openOutbox(file);
    changeDead(ids, "dropped", (id) => outbox.drop(id));
  },
};
