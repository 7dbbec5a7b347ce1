/**
 * A problem with a setting that is found after loading, reported where the value came from.
 *
 * @module
 */

import type { Config, Setting } from "../config.ts";
import { showPath } from "../problems/diagnostics.ts";
import type { Problem } from "../problems/problem.ts";

/**
 * Put a problem at the place of its setting.
 *
 * @param config What was loaded.
 * @param setting Path of the setting, and its vhost unless it is outside of vhosts.
 * @param message What is wrong.
 * @param suggestion The way out, where the message has none.
 */
export function settingProblem(
  config: Config,
  setting: { readonly path: string; readonly vhost: string | undefined },
  message: string,
  suggestion?: string,
): Problem {
  const { path, vhost } = setting;
  const full = showPath([...(vhost === undefined ? [] : ["vhost", vhost]), ...path.split(".")]);
  const found = config.settings.find((candidate: Setting) =>
    candidate.path === path && candidate.vhost === vhost
  );
  const origin = found?.origin;
  if (origin?.kind === "environment") {
    return { file: "environment", line: undefined, path: origin.name, message, suggestion };
  }
  const { file, line } = origin?.kind === "file" ? origin : { file: undefined, line: undefined };
  return { file, line, path: full, message, suggestion };
}
