/**
 * Sockets of this machine alone, by a path.
 *
 * @module
 */

/**
 * Listen at a path where nothing is.
 *
 * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
 */
export function listenUnix(path: string): Deno.UnixListener {
  return Deno.listen({ transport: "unix", path });
}

/**
 * Connect to the process that listens there.
 *
 * @throws {Deno.errors.ConnectionRefused} None does any more; and other errors of `Deno.connect`.
 */
export function connectUnix(path: string): Promise<Deno.UnixConn> {
  return Deno.connect({ transport: "unix", path });
}
