/**
 * What was thrown, as text: for an operator's line, and for the log of a bug. Pure.
 *
 * @module
 */

/** The message of an error alone; anything else as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An error's message and those of its causes, for an operator. */
export function errorChain(error: unknown): string {
  if (!(error instanceof Error) || error.cause === undefined) return errorMessage(error);
  return `${error.message}: ${errorChain(error.cause)}`;
}

/** An error with its stack and those of its causes, for the log of a bug. */
export function errorStack(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `; caused by ${errorStack(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
