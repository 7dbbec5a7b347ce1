/**
 * TCP listeners.
 *
 * @module
 */

/**
 * Clients that may wait to be accepted, as far as the system permits (`net.core.somaxconn`): when all players of a
 * server come back at once, one that finds no room retries only after a second. Deno 2.4 does not know this option
 * and stays at 128.
 */
const BACKLOG = 4096;

/** Where and how to listen. */
export interface ListenTcpOptions {
  /** `0.0.0.0` or `::` for all addresses. */
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Several threads listen on the same port. */
  readonly reusePort?: boolean;
}

/**
 * Listen.
 *
 * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
 */
export function listenTcp({ hostname, port, reusePort = false }: ListenTcpOptions): Deno.TcpListener {
  // A variable: types that do not know the backlog refuse it only in the call itself.
  const options = { hostname, port, transport: "tcp", reusePort, tcpBacklog: BACKLOG } as const;
  return Deno.listen(options);
}
