/**
 * `srs config check`, `print` and `convert`.
 *
 * @module
 */
import {
  ConfigError,
  convertSrsConf,
  formatNote,
  formatProblem,
  type LoadedConfig,
  printConfig,
} from "../../config/mod.ts";
import type { ConvertCommand } from "./command.ts";
import { printError, printLine } from "../../system/log/mod.ts";
import { ConfigSource } from "../config_source.ts";
import { IncludeFiles } from "../include_files.ts";
import { withLikelyServerId } from "../server_id.ts";
import { readTextFile } from "../text_file.ts";
import { vhostLines } from "../vhost_lines.ts";

/**
 * Say whether a server would start with this configuration.
 *
 * @throws `ConfigError` when it would not.
 */
export function checkConfig(file: string | undefined): void {
  const { config, warnings } = sourceOf(file).loadForStart();
  printWarnings(warnings);
  const count = warnings.length;
  const warned = count === 0 ? "" : `, ${count} ${count === 1 ? "warning" : "warnings"}`;
  printLine(`${file ?? "The built-in configuration"} is good${warned}`);
  for (const line of vhostLines(config)) printLine(line);
}

/** Print everything in force, as TOML that loads again. */
export function showConfig(file: string | undefined): void {
  printLine(printConfig(loadForCommand(file).config).trimEnd());
}

/** Exit code of a conversion that lost what protects, records or sends on. */
const EXIT_LOST = 3;

/**
 * Print a configuration of SRS or nginx-rtmp as TOML; what has no place is a comment there and a line on standard
 * error.
 *
 * @returns The exit code.
 */
export function convertConfig({ file, force }: ConvertCommand): number {
  const includes = new IncludeFiles(Deno.cwd());
  const { toml, notes, lost } = convertSrsConf(readText(file), { file, includes });
  printLine(toml.trimEnd());
  for (const note of notes) printError(`${note.lost === undefined ? "" : "LOST: "}${formatNote(note)}`);
  if (notes.length === 0) return 0;
  const count = `${notes.length} ${notes.length === 1 ? "note" : "notes"}`;
  printError(`${file}: ${count}, each also a comment in the TOML; lost: ${lost.join(", ") || "nothing"}`);
  if (lost.length === 0 || force) return 0;
  printError("Exit code 3: look at what is lost before you use the result (--force: 0)");
  return EXIT_LOST;
}

/**
 * A configuration for a command that serves nobody; its warnings go to standard error.
 *
 * @throws `ConfigError`, or `Error` when the file cannot be read.
 */
export function loadForCommand(file: string | undefined): LoadedConfig {
  const source = sourceOf(file);
  const { config, warnings } = source.load();
  printWarnings(warnings);
  return { config: withLikelyServerId(config, source.directory), warnings };
}

function sourceOf(file: string | undefined): ConfigSource {
  return new ConfigSource(file);
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
