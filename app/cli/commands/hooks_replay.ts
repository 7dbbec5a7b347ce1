/**
 * `srs hooks replay`: makes calls due again that were given up.
 *
 * @module
 */
import { deadCalls } from "../arguments.ts";
import { type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";
import { loadForCommand } from "../load_for_command.ts";
import { changeDead, openOutboxOf } from "../outbox.ts";

/** Put calls that were given up back into the outbox. */
export interface HooksReplayCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks replay";
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Which calls. */
  readonly ids: readonly string[] | "all";
  /** Where they go, `undefined` for the addresses that they had. */
  readonly to: string | undefined;
}

/** `srs hooks replay`. */
export const HOOKS_REPLAY: CommandSpec<HooksReplayCommand> = {
  name: "hooks replay",
  operands: "[ID...]",
  maxOperands: 1000,
  description: "Put calls that were given up back into the outbox",
  flags: [
    CONFIG_FLAG,
    { name: "all", description: "all of them" },
    {
      name: "to",
      value: "URL",
      description: "send them to this address, which must be configured for their event",
    },
  ],
  examples: [
    "srs hooks replay --all -c srs.toml",
    "srs hooks replay --all --to http://127.0.0.1:8085/api/v1/streams -c srs.toml",
  ],
  parse: (args) => ({
    kind: "hooks replay",
    file: args.value("config"),
    ids: deadCalls("hooks replay", args),
    to: args.value("to"),
  }),
  run({ file, ids, to }) {
    const { config } = loadForCommand(file);
    using outbox = openOutboxOf(config);
    const replay = (id: string | undefined) =>
      to === undefined ? outbox.replay(id) : outbox.replayTo(id, to, config.hooks.vhosts);
    changeDead(ids, "put back", replay);
  },
};
