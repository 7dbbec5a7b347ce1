/**
 * An argument that cannot be used.
 *
 * @module
 */

/** Thrown while a command line is read, and turned into a `UsageError` there. */
export class CliError extends Error {
  /** What was meant, or the way out. */
  readonly suggestion: string | undefined;

  /**
   * @param message What is wrong.
   * @param suggestion What was meant, or the way out.
   */
  constructor(message: string, suggestion?: string) {
    super(message);
    this.suggestion = suggestion;
  }
}
