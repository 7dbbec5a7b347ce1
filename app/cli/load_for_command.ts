/**
 * The configuration of a command that serves nobody.
 *
 * @module
 */
import { formatProblem, type LoadedConfig } from "../../config/mod.ts";
import { printError } from "../../system/log/mod.ts";
import { ConfigSource } from "../config_source.ts";
import { withLikelyServerId } from "../server_id.ts";

/**
 * Load it; its warnings go to standard error.
 *
 * @param file `undefined` for the defaults alone.
 * @throws {Error} A `ConfigError`, or the file cannot be read.
 */
export function loadForCommand(file: string | undefined): LoadedConfig {
  const source = new ConfigSource(file);
  const { config, warnings } = source.load();
  printWarnings(warnings);
  return { config: withLikelyServerId(config, source.directory), warnings };
}

/** Print warnings to standard error. */
export function printWarnings(warnings: LoadedConfig["warnings"]): void {
  for (const warning of warnings) printError(`Warning: ${formatProblem(warning)}`);
}
