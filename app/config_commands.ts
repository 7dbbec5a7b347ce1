/**
 * `srs config check`, `print` and `convert`.
 *
 * @module
 */
import { convertSrsConf, formatProblem, type LoadedConfig, printConfig } from "../config/mod.ts";
import { printError, printLine } from "../log/mod.ts";
import { ConfigSource } from "./config_source.ts";
import { keptServerId, newServerId } from "./server_id.ts";

/**
 * Say whether a server would start with this configuration.
 *
 * @throws `ConfigError` when it would not.
 */
export function checkConfig(file: string | undefined): void {
  const { warnings } = loadForCommand(file);
  const warned = warnings.length === 0 ? "" : `, ${warnings.length} warnings`;
  printLine(`${file ?? "The built-in configuration"} is good${warned}`);
}

/** Print everything in force, as TOML that loads again. */
export function showConfig(file: string | undefined): void {
  printLine(printConfig(loadForCommand(file).config).trimEnd());
}

/** Print an SRS configuration as TOML; what has no place goes to standard error. */
export async function convertConfig(file: string): Promise<void> {
  const { toml, notes } = convertSrsConf(await readText(file), file);
  printLine(toml.trimEnd());
  for (const note of notes) printError(`${file}:${note.line}: ${note.message}`);
}

/**
 * A configuration for a command that serves nobody; its warnings go to standard error.
 *
 * @throws `ConfigError`, or `Error` when the file cannot be read.
 */
export function loadForCommand(file: string | undefined): LoadedConfig {
  const loaded = new ConfigSource(file, keptServerId() ?? newServerId()).load();
  for (const warning of loaded.warnings) printError(`Warning: ${formatProblem(warning)}`);
  return loaded;
}

async function readText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    throw new Error(`Cannot read ${file}`, { cause: error });
  }
}
