/**
 * What SIGHUP does: check the configuration file again and log the result.
 *
 * @module
 */
import { errorChain } from "../core/mod.ts";
import { ConfigError, formatProblem } from "../config/mod.ts";
import type { Logger } from "../system/log/mod.ts";
import type { ConfigSource } from "./config_source.ts";

/** Check the configuration and log each finding; what is in force stays. */
export function logConfigCheck(source: ConfigSource, log: Logger): void {
  const file = source.file ?? "built-in defaults";
  try {
    const { warnings } = source.loadForStart();
    for (const warning of warnings) log.write("warn", undefined, `Configuration: ${formatProblem(warning)}`);
    const warned = warnings.length;
    log.write("trace", undefined, "Configuration valid; restart to apply", {
      file,
      warned,
    });
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems.map(formatProblem) : [errorChain(error)];
    for (const problem of problems) log.write("error", undefined, `Configuration: ${problem}`);
    const found = problems.length;
    log.write("warn", undefined, "Configuration invalid; keeping the running one", {
      file,
      found,
    });
  }
}
