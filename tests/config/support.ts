/**
 * What the tests of this room share: loading without ceremony, and the problems of a text as lines.
 *
 * @module
 */

import type { Config } from "../../config/config.ts";
import { type ConfigInput, loadConfig, type LoadedConfig } from "../../config/build/load_config.ts";
import { ConfigError, formatProblem } from "../../config/problems/problem.ts";

/** Load a text named `srs.toml`. */
export function load(text: string, extra: Partial<ConfigInput> = {}): LoadedConfig {
  return loadConfig({ text, file: "srs.toml", env: {}, version: "1.2.3", serverId: "vid-test", ...extra });
}

/** The problems of a text, one line each; empty when it loads. */
export function problemsOf(text: string, extra: Partial<ConfigInput> = {}): string[] {
  return problemsIn(() => load(text, extra));
}

/** The problems that an action throws, one line each. */
export function problemsIn(action: () => unknown): string[] {
  try {
    action();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(formatProblem);
  }
}

/** The warnings of a text, one line each. */
export function warningsOf(text: string, extra: Partial<ConfigInput> = {}): string[] {
  return load(text, extra).warnings.map(formatProblem);
}

/** A configuration without the record of where its values came from. */
export function valuesOf({ settings: _settings, ...values }: Config): Omit<Config, "settings"> {
  return values;
}

/** The only vhost's name that most tests need. */
export const VHOST = "__defaultVhost__";
