/**
 * What is wrong with a configuration, and the error that carries all of it at once.
 *
 * @module
 */

/** One finding in what the operator wrote. */
export interface Problem {
  /** The file's name, `environment` for a variable, `undefined` when the text came without a name. */
  readonly file: string | undefined;
  /** Counted from 1; `undefined` where no single line is to blame. */
  readonly line: number | undefined;
  /** The key's full path, or the variable's name; `""` for the file as a whole. */
  readonly path: string;
  /** What is wrong, with the value. */
  readonly message: string;
  /** The way out, where one is known. */
  readonly suggestion: string | undefined;
}

/** A configuration that cannot be used. Carries every problem that was found, in the file's order. */
export class ConfigError extends Error {
  /** Distinguishes it from other errors. */
  override readonly name = "ConfigError";
  /** At least one. */
  readonly problems: readonly Problem[];

  /**
   * Makes one error of all problems.
   *
   * @param problems At least one.
   */
  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
    this.problems = Object.freeze([...problems]);
  }
}

/**
 * One problem as one line: `srs.toml:12: vhost.a.com.play.gop_cach: Unknown key (did you mean "gop_cache"?)`.
 *
 * @param problem The problem.
 */
export function formatProblem(problem: Problem): string {
  const { file, line, path, message, suggestion } = problem;
  let place = file ?? "";
  if (line !== undefined) place += place === "" ? `line ${line}` : `:${line}`;
  const head = [place, path].filter((part) => part !== "").join(": ");
  const tail = suggestion === undefined ? "" : ` (${suggestion})`;
  return `${head === "" ? "" : `${head}: `}${message}${tail}`;
}
