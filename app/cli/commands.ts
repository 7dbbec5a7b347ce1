/**
 * All commands of `srs`.
 *
 * @module
 */

import type { CommandSpec } from "./command_spec.ts";
import { CONFIG_CHECK, type ConfigCheckCommand } from "./commands/config_check.ts";
import { CONFIG_CONVERT, type ConfigConvertCommand } from "./commands/config_convert.ts";
import { CONFIG_PRINT, type ConfigPrintCommand } from "./commands/config_print.ts";
import { CTL_BAN, type CtlBanCommand } from "./commands/ctl_ban.ts";
import { CTL_BANS, type CtlBansCommand } from "./commands/ctl_bans.ts";
import { CTL_CLIENTS, type CtlClientsCommand } from "./commands/ctl_clients.ts";
import { CTL_DRAIN, type CtlDrainCommand } from "./commands/ctl_drain.ts";
import { CTL_KICK, type CtlKickCommand } from "./commands/ctl_kick.ts";
import { CTL_LOG_LEVEL, type CtlLogLevelCommand } from "./commands/ctl_log_level.ts";
import { CTL_RECORDS, type CtlRecordsCommand } from "./commands/ctl_records.ts";
import { CTL_RELOAD, type CtlReloadCommand } from "./commands/ctl_reload.ts";
import { CTL_STATUS, type CtlStatusCommand } from "./commands/ctl_status.ts";
import { CTL_STREAMS, type CtlStreamsCommand } from "./commands/ctl_streams.ts";
import { CTL_UNBAN, type CtlUnbanCommand } from "./commands/ctl_unban.ts";
import { HOOKS_DEAD, type HooksDeadCommand } from "./commands/hooks_dead.ts";
import { HOOKS_DROP, type HooksDropCommand } from "./commands/hooks_drop.ts";
import { HOOKS_LIST, type HooksListCommand } from "./commands/hooks_list.ts";
import { HOOKS_REPLAY, type HooksReplayCommand } from "./commands/hooks_replay.ts";
import { HOOKS_SERVE, type HooksServeCommand } from "./commands/hooks_serve.ts";
import { HOOKS_TEST, type HooksTestCommand } from "./commands/hooks_test.ts";
import { SERVE_COMMAND, type ServeCommand } from "./commands/serve.ts";
import { SIGN, type SignCommand } from "./commands/sign.ts";
import { TOKEN, type TokenCommand } from "./commands/token.ts";

/** What a command line can ask for. */
export type CliCommand =
  | ServeCommand
  | ConfigCheckCommand
  | ConfigPrintCommand
  | ConfigConvertCommand
  | SignCommand
  | TokenCommand
  | CtlStatusCommand
  | CtlStreamsCommand
  | CtlClientsCommand
  | CtlRecordsCommand
  | CtlReloadCommand
  | CtlKickCommand
  | CtlBansCommand
  | CtlBanCommand
  | CtlUnbanCommand
  | CtlLogLevelCommand
  | CtlDrainCommand
  | HooksServeCommand
  | HooksTestCommand
  | HooksListCommand
  | HooksDeadCommand
  | HooksReplayCommand
  | HooksDropCommand
  | { readonly kind: "version" }
  /** `topic` is a command or a group of commands, `undefined` for the program as a whole. */
  | { readonly kind: "help"; readonly topic: string | undefined };

/** The command that is meant where none is named. */
export const SERVE: CommandSpec<CliCommand> = SERVE_COMMAND;

/** All commands, in the order of the help. */
export const COMMANDS: readonly CommandSpec<CliCommand>[] = Object.freeze([
  SERVE,
  CONFIG_CHECK,
  CONFIG_PRINT,
  CONFIG_CONVERT,
  SIGN,
  TOKEN,
  CTL_STATUS,
  CTL_STREAMS,
  CTL_CLIENTS,
  CTL_KICK,
  CTL_RECORDS,
  CTL_BANS,
  CTL_BAN,
  CTL_UNBAN,
  CTL_LOG_LEVEL,
  CTL_DRAIN,
  CTL_RELOAD,
  HOOKS_SERVE,
  HOOKS_TEST,
  HOOKS_LIST,
  HOOKS_DEAD,
  HOOKS_REPLAY,
  HOOKS_DROP,
]);
