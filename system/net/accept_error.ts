/**
 * What an error of `accept` says: about one connection, about the process, or about the listener.
 *
 * @module
 */

/**
 * `reset`: a client was gone before it was accepted. `outOfFiles`: no connection can be opened for now. `silent`: many
 * clients by TLS do not shake hands.
 */
export type AcceptFault = "reset" | "outOfFiles" | "silent" | "other";

/**
 * The connection that waited has failed; the next one may be fine. accept(2) names these, and Deno adds ENOTCONN: it
 * asks for the client's address, which a connection that was reset no longer has.
 */
const RESET_CODES: ReadonlySet<string> = new Set([
  "ENOTCONN",
  "ECONNABORTED",
  "ECONNRESET",
  "EPROTO",
  "EPERM",
  "ETIMEDOUT",
  "ENETDOWN",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENONET",
]);
/** Of this process, and of the whole system. */
const OUT_OF_FILES_CODES: ReadonlySet<string> = new Set(["EMFILE", "ENFILE"]);

/** Classify what `accept` of a listener, or the first call on its connection, threw. */
export function acceptFault(error: unknown): AcceptFault {
  if (!(error instanceof Error)) return "other";
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string") {
    if (RESET_CODES.has(code)) return "reset";
    if (OUT_OF_FILES_CODES.has(code)) return "outOfFiles";
  }
  return isReset(error) ? "reset" : "other";
}

function isReset(error: Error): boolean {
  return error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.ConnectionReset;
}
