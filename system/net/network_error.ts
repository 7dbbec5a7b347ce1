/**
 * What a broken connection throws, as opposed to bugs.
 *
 * @module
 */

/**
 * The other side closed: over unread bytes, as players do, which resets the connection; or by TLS without the alert that
 * announces an end (`close_notify`, RFC 8446 §6.1), as a player that is killed does, and some that are not.
 */
export function isHangUp(error: unknown): error is Error {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.UnexpectedEof;
}

/**
 * The system's word on a connection, such as a host that does not answer any more; or that of TLS on what a client has
 * sent.
 */
export function isNetworkError(error: unknown): error is Error {
  return error instanceof Deno.errors.TimedOut || error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.NotConnected || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.InvalidData || error instanceof Deno.errors.BadResource ||
    (error instanceof Error && "code" in error && typeof error.code === "string");
}

/** The client speaks no TLS: what it sent is not a record (RFC 8446 §5.1), in the words of the runtime's rustls. */
export function isWithoutTls(error: Error): boolean {
  return error instanceof Deno.errors.InvalidData && error.message.includes("InvalidContentType");
}
