/**
 * What a rejection of `fetch` says to an operator.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";

const MAX_LENGTH = 200;

/**
 * The text in which the runtime distinguishes the kinds of failures; newer versions have it in the cause. It has the
 * whole address, with its parameters: not for a log.
 */
export function fetchErrorText(error: unknown): string {
  return errorMessage(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}

/** The same for a log line, at most 200 characters: without the address, whose parameters may be secrets. */
export function fetchErrorDetail(error: unknown): string {
  const text = fetchErrorText(error);
  const at = text.indexOf("client error (");
  const rest = at < 0 ? text.replace(/ for url \([^\s]*\)/, "") : text.slice(at);
  return rest.replace(/^client error \(\w+\): /, "").slice(0, MAX_LENGTH);
}
