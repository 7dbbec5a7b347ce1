/**
 * What the log says of reloads.
 *
 * @module
 */
import { ConfigError, formatProblem, type Problem } from "../../config/mod.ts";
import { errorChain, type Log, type ReloadedKey } from "../../core/mod.ts";
import type { ReloadCause } from "./reload_cause.ts";

/** The problems that an error is about; `undefined` for one that is a bug. */
export function problemsOf(error: unknown): readonly Problem[] | undefined {
  if (error instanceof ConfigError) return error.problems;
  if (!(error instanceof ReloadFailure)) return undefined;
  const whole = { file: undefined, line: undefined, path: "", suggestion: undefined };
  return [{ ...whole, message: errorChain(error.cause) }];
}

/** A configuration cannot be put in force, and no key of it is to blame: a file is gone, for instance. */
export class ReloadFailure extends Error {
  /** @param cause What failed; its text reaches the operator. */
  constructor(cause: unknown) {
    super("The configuration cannot be put in force", { cause });
  }
}

/** Logs reloads. */
export class ReloadLog {
  readonly #log: Log;
  readonly #file: string;

  /** @param file The configuration, as the operator wrote it; `undefined` for the defaults. */
  constructor(log: Log, file: string | undefined) {
    this.#log = log;
    this.#file = file ?? "built-in defaults";
  }

  /** A configuration without problems was read. */
  begin(cause: ReloadCause, warnings: readonly Problem[]): void {
    for (const warning of warnings) {
      this.#log.write("warn", undefined, `Configuration: ${formatProblem(warning)}`);
    }
    this.#log.write("trace", undefined, "Configuration is being reloaded", {
      file: this.#file,
      ...fieldsOf(cause),
    });
  }

  /** It is about to be put in force. */
  changes(changed: readonly ReloadedKey[], restart: readonly ReloadedKey[]): void {
    for (const { key, from, to, when } of changed) {
      this.#log.write("trace", undefined, "Configuration changed", {
        setting: key,
        from: from ?? "-",
        to: to ?? "-",
        when,
      });
    }
    for (const { key, from, to } of restart) {
      this.#log.write("warn", undefined, "Configuration change needs a restart", {
        setting: key,
        from: from ?? "-",
        to: to ?? "-",
      });
    }
  }

  /** It is in force. */
  end(changed: readonly ReloadedKey[], restart: readonly ReloadedKey[], ms: number): void {
    this.#log.write("trace", undefined, "Configuration reloaded", {
      ...{ file: this.#file, changed: changed.length, restart: restart.length },
      ms: Math.round(ms),
    });
  }

  /** Nothing has changed. */
  refused(cause: ReloadCause, problems: readonly Problem[]): void {
    for (const problem of problems) {
      this.#log.write("error", undefined, `Configuration: ${formatProblem(problem)}`);
    }
    this.#log.write("warn", undefined, "Configuration invalid; keeping the running one", {
      ...{ file: this.#file, found: problems.length },
      ...fieldsOf(cause),
    });
  }
}

function fieldsOf(cause: ReloadCause): Record<string, string> {
  return cause.by === "api" ? { by: cause.ip, caller: cause.name } : { by: cause.by };
}
