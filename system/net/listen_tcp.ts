/**
 * TCP listeners, plain and for TLS.
 *
 * @module
 */
import type { TlsPair } from "../../core/mod.ts";

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

/** Where and how to listen for TLS. */
export interface ListenTlsOptions extends ListenTcpOptions {
  /** Has passed `checkTlsPair`. */
  readonly pair: TlsPair;
  /** Protocols that clients may choose from, the best first; none: the client is not asked. */
  readonly protocols?: readonly string[];
  /** Clients that may wait to be accepted; as many as for TCP when absent. */
  readonly backlog?: number;
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

/**
 * Listen for TLS.
 *
 * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listenTls`.
 */
export function listenTls(options: ListenTlsOptions): Deno.TlsListener {
  const { hostname, port, reusePort = false, pair: { cert, key }, protocols = [], backlog = BACKLOG } =
    options;
  // As above, a variable.
  const all = {
    ...{ hostname, port, transport: "tcp" as const, reusePort, tcpBacklog: backlog, cert, key },
    alpnProtocols: [...protocols],
  };
  return Deno.listenTls(all);
}
