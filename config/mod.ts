/**
 * The configuration room: what an operator writes -> one typed, frozen Config.
 *
 * `loadConfig` reads TOML and the environment by the schema and tells all problems at once. Nothing here opens
 * files, prints or knows the network: texts come in, values and texts go out.
 *
 * @module
 */
export type { Config, ProcessOptions, Setting, SettingOrigin } from "./config.ts";
export { ConfigError, formatProblem, type Problem } from "./problems/problem.ts";
export { type ConfigInput, configSteps, loadConfig, type LoadedConfig } from "./build/load_config.ts";
export { type ComparedConfig, configChanges, settingKey } from "./build/config_changes.ts";
export { keepUntilRestart } from "./build/keep_until_restart.ts";
export { settingProblem } from "./schema/setting_problem.ts";
export { environmentNames } from "./schema/schema.ts";
export type { Environment } from "./schema/setting_reader.ts";
export { printConfig, showOrigin } from "./print_config.ts";
export { type ConvertOptions, convertSrsConf } from "./srs_conf/convert_srs_conf.ts";
export { type Conversion, type ConversionNote, formatNote, type LostSubject } from "./srs_conf/conversion.ts";
export type { IncludeReader } from "./toml/include_reader.ts";
export { isLoopbackAddress, LISTEN } from "./types/listen_type.ts";
export { duration, type DurationUnit } from "./types/duration_type.ts";
export { type Parsed, show, type ValueType } from "./types/value_type.ts";
export { didYouMean } from "./problems/did_you_mean.ts";
// Types of other rooms that these show.
export type * from "../core/mod.ts";
export type * from "../hooks/options.ts";
export type * from "../http/options.ts";
export type * from "../rtmp/options.ts";
export type * from "../stream/admission/access/options.ts";
export type * from "../stream/admission/options.ts";
export type * from "../system/log/options.ts";
