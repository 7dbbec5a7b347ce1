/**
 * The configuration room: what an operator writes -> one typed, frozen Config.
 *
 * `loadConfig` reads TOML and the environment by the schema and tells all problems at once. Nothing here opens
 * files, prints or knows the network: texts come in, values and texts go out.
 *
 * @module
 */

export type { Config, Origin, ProcessOptions, Setting } from "./config.ts";
export { ConfigError, formatProblem, type Problem } from "./problem.ts";
export { type ConfigInput, loadConfig, type LoadedConfig } from "./load_config.ts";
export { settingProblem } from "./setting_problem.ts";
export { environmentNames } from "./schema.ts";
export type { Environment } from "./setting_reader.ts";
export { printConfig } from "./print_config.ts";
export { type ConvertOptions, convertSrsConf } from "./convert_srs_conf.ts";
export { type Conversion, type ConversionNote, formatNote, type LostSubject } from "./convert/conversion.ts";
export type { IncludeReader } from "./include_reader.ts";
export type {
  Command,
  ConvertCommand,
  HooksDropCommand,
  HooksReplayCommand,
  HooksServeCommand,
  HooksTestCommand,
  SignCommand,
  UsageError,
} from "./command.ts";
export { parseCommandLine } from "./command_line.ts";
export { type CommandName, helpText, type HelpTopic } from "./command_table.ts";
