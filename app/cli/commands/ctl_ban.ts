/**
 * `srs ctl ban`: keeps an address, a network or a stream away from a running server.
 *
 * @module
 */
import { duration, show } from "../../../config/mod.ts";
import { printLine } from "../../../system/log/mod.ts";
import { CliError } from "../cli_error.ts";
import type { CommandArguments, CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, ctlClient, type CtlOptions, ctlOptions, printJson } from "../ctl.ts";

const BAN_TIME = duration("s", { minMs: 1000, maxMs: 10 * 365 * 86_400_000 });

/** Ban. */
export interface CtlBanCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl ban";
  /** What it is sent as. */
  readonly body: {
    readonly kind: string;
    readonly value: string;
    readonly seconds?: number;
    readonly reason?: string;
  };
}

/** `srs ctl ban`. */
export const CTL_BAN: CommandSpec<CtlBanCommand> = {
  name: "ctl ban",
  operands: "KIND VALUE",
  maxOperands: 2,
  description: "Keep an ip, a network or a stream away, and end its clients",
  flags: [
    ...CTL_FLAGS,
    {
      name: "for",
      value: "TIME",
      description: "seconds, or text such as 30m, 12h, 7d (until srs ctl unban)",
    },
    { name: "reason", value: "TEXT", description: "for other operators" },
  ],
  examples: ["srs ctl ban ip 192.0.2.7 --for 12h -c srs.toml", "srs ctl ban stream /live/livestream"],
  parse,
  async run({ body, ...options }) {
    const answer = await (await ctlClient(options)).call("POST", "bans", body);
    if (options.json) return printJson(answer);
    printLine(`Banned ${body.kind} ${body.value}; ${String(answer["ended"])} clients were ended`);
  },
};

function parse(args: CommandArguments): CtlBanCommand {
  const [kind, value] = args.operands;
  if (kind === undefined || value === undefined) {
    throw new CliError("srs ctl ban needs a kind and a value", "such as ip 192.0.2.7");
  }
  const time = args.value("for");
  const read = time === undefined ? undefined : BAN_TIME.fromWords?.([time]);
  if (read?.ok === false) throw new CliError(`Cannot use ${show(time)} as --for`, read.message);
  const reason = args.value("reason");
  const body = {
    ...{ kind, value },
    ...(read === undefined ? {} : { seconds: read.value / 1000 }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { kind: "ctl ban", ...ctlOptions(args), body };
}
