/**
 * `srs ctl log-level`: changes the level of a running server's log, or shows it.
 *
 * @module
 */
import { didYouMean, show } from "../../../config/mod.ts";
import { LOG_LEVELS, type LogLevel } from "../../../core/mod.ts";
import { CliError } from "../cli_error.ts";
import type { CommandSpec } from "../command_spec.ts";
import { CTL_FLAGS, ctlClient, type CtlOptions, ctlOptions, printFacts, printJson } from "../ctl.ts";

/** Change the level of the log, or show it. */
export interface CtlLogLevelCommand extends CtlOptions {
  /** Tells the commands apart. */
  readonly kind: "ctl log-level";
  /** The new one, `undefined` to show what there is. */
  readonly level: LogLevel | undefined;
}

/** `srs ctl log-level`. */
export const CTL_LOG_LEVEL: CommandSpec<CtlLogLevelCommand> = {
  name: "ctl log-level",
  operands: "[LEVEL]",
  maxOperands: 1,
  description: "Change the log level of a running server until it restarts, or show it",
  flags: CTL_FLAGS,
  examples: ["srs ctl log-level info -c srs.toml"],
  parse(args) {
    const [word] = args.operands;
    return { kind: "ctl log-level", ...ctlOptions(args), level: word === undefined ? word : logLevel(word) };
  },
  async run({ level, ...options }) {
    const client = await ctlClient(options);
    const answer =
      await (level === undefined ? client.call("GET", "log") : client.call("POST", "log", { level }));
    if (options.json) return printJson(answer);
    printFacts(answer, [["level", "log.level"], ["configured", "log.configured"]]);
  },
};

function logLevel(word: string): LogLevel {
  const level = LOG_LEVELS.find((name) => name === word);
  if (level !== undefined) return level;
  const near = didYouMean(word, LOG_LEVELS);
  const hint = near === undefined ? `one of ${LOG_LEVELS.join(", ")}` : `did you mean ${near}?`;
  throw new CliError(`Unknown log level ${show(word)}`, hint);
}
