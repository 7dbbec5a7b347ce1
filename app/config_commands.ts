/**
 * `srs config check`, `print` and `convert`.
 *
 * @module
 */
import { ConfigError, convertSrsConf, formatProblem, type LoadedConfig, printConfig } from "../config/mod.ts";
import { printError, printLine } from "../log/mod.ts";
import { ConfigSource } from "./config_source.ts";
import { keptServerId, newServerId } from "./server_id.ts";
import { readTextFile } from "./text_file.ts";

/**
 * Say whether a server would start with this configuration.
 *
 * @throws `ConfigError` when it would not.
 */
export function checkConfig(file: string | undefined): void {
  const { warnings } = sourceOf(file).loadForStart();
  printWarnings(warnings);
  const count = warnings.length;
  const warned = count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`;
  printLine(`${file ?? "The built-in configuration"} is good${warned}`);
}

/** Print everything in force, as TOML that loads again. */
export function showConfig(file: string | undefined): void {
  printLine(printConfig(loadForCommand(file).config).trimEnd());
}

/** Print an SRS configuration as TOML; what has no place goes to standard error. */
export function convertConfig(file: string): void {
  const { toml, notes } = convertSrsConf(readText(file), file);
  printLine(toml.trimEnd());
  for (const note of notes) printError(`${file}:${note.line}: ${note.message}`);
}

/**
 * A configuration for a command that serves nobody; its warnings go to standard error.
 *
 * @throws `ConfigError`, or `Error` when the file cannot be read.
 */
export function loadForCommand(file: string | undefined): LoadedConfig {
  const loaded = sourceOf(file).load();
  printWarnings(loaded.warnings);
  return loaded;
}

function sourceOf(file: string | undefined): ConfigSource {
  return new ConfigSource(file, keptServerId() ?? newServerId());
}

function printWarnings(warnings: LoadedConfig["warnings"]): void {
  for (const warning of warnings) printError(`Warning: ${formatProblem(warning)}`);
}

function readText(file: string): string {
  try {
    return readTextFile(file, file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new Error(`Cannot read ${file}`, { cause: error });
  }
}
