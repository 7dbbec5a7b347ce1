/**
 * Sockets to other servers: TCP, or TLS with the certificate checked.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { RtmpEndpoint } from "../../rtmp/client/mod.ts";
import { deadline } from "../../system/mod.ts";
import type { AddressGuard } from "./address_guard.ts";

/** An open socket. */
export interface LinkSocket {
  /** The other server's address. */
  readonly address: string;
  /** Bytes read into `buffer`, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Bytes that were written. */
  write(bytes: Uint8Array): Promise<number>;
  /** At once. */
  close(): void;
}

/**
 * Who named an address: the operator as a server of the cluster, the operator as any other server, or somebody else,
 * such as the service, a caller of the API or a server that sends its client elsewhere.
 */
export type PlaceTrust = "cluster" | "configured" | "guarded";

/** How a socket is opened. */
export interface DialOptions {
  /** It fails at once when this aborts. */
  readonly signal: AbortSignal;
  /** A guarded address must be one that the guard permits. */
  readonly trust: PlaceTrust;
}

/** Opens a socket. */
export type Dial = (endpoint: RtmpEndpoint, options: DialOptions) => Promise<LinkSocket>;

/** How long a connection may take to open, milliseconds. */
const CONNECT_MS = 2000;

/** Connections to one server that were given up while it did not shake hands by TLS: the runtime keeps their sockets. */
const MAX_UNSHAKEN = 16;

/** Opens sockets of the system, within {@link CONNECT_MS}. One that is given up leaves nothing open, as far as it can. */
export function systemDial(clock: Clock, guard: AddressGuard): Dial {
  const handshakes = new Handshakes();
  return async (endpoint, { signal, trust }) => {
    const { hostname, port, secure } = endpoint;
    const server = `${hostname}:${port}`;
    if (secure) handshakes.check(server);
    const giveUp = new AbortController();
    const opening = open(endpoint, trust === "guarded" ? guard : undefined, handshakes, giveUp.signal);
    const conn = await deadline(clock, opening, { maxMs: CONNECT_MS, signal });
    if (typeof conn !== "string") return toSocket(conn);
    giveUp.abort();
    // It fails by that, or has opened in the same moment: nobody wants it.
    opening.then((late) => late.close(), () => undefined);
    if (conn === "aborted") throw new Deno.errors.Interrupted(`${server} is not wanted any more`);
    throw new Deno.errors.TimedOut(`Cannot connect to ${server} within ${CONNECT_MS} ms`);
  };
}

/** Handshakes by TLS that are under way, by their servers. */
class Handshakes {
  readonly #underWay = new Map<string, number>();

  /** @throws {Deno.errors.TimedOut} Too many of this server are. */
  check(server: string): void {
    if ((this.#underWay.get(server) ?? 0) < MAX_UNSHAKEN) return;
    throw new Deno.errors.TimedOut(
      `Cannot connect to ${server}: it left ${MAX_UNSHAKEN} handshakes by TLS unanswered`,
    );
  }

  async shake(conn: Deno.TlsConn, server: string): Promise<Deno.TlsConn> {
    this.#underWay.set(server, (this.#underWay.get(server) ?? 0) + 1);
    try {
      await conn.handshake();
    } catch (error) {
      conn.close();
      throw error;
    } finally {
      const left = (this.#underWay.get(server) ?? 0) - 1;
      if (left > 0) this.#underWay.set(server, left);
      else this.#underWay.delete(server);
    }
    return conn;
  }
}

/** In two steps for TLS, since `Deno.connectTls` cannot be given up. */
async function open(
  { secure, hostname, port }: RtmpEndpoint,
  guard: AddressGuard | undefined,
  handshakes: Handshakes,
  signal: AbortSignal,
): Promise<Deno.Conn> {
  const conn = guard === undefined
    ? await Deno.connect({ hostname, port, signal })
    : await openGuarded(hostname, port, guard, signal);
  conn.setNoDelay();
  return secure
    ? await handshakes.shake(await Deno.startTls(conn, { hostname }), `${hostname}:${port}`)
    : conn;
}

/** The name is looked up once, and what was judged is connected to. */
async function openGuarded(
  name: string,
  port: number,
  guard: AddressGuard,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const conn = await connectAny(await guard.permitted(name), port, signal);
  try {
    guard.checkEnds(conn.localAddr.hostname, conn.remoteAddr.hostname);
  } catch (error) {
    conn.close();
    throw error;
  }
  return conn;
}

async function connectAny(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  let failure: unknown;
  for (const hostname of addresses) {
    try {
      return await Deno.connect({ hostname, port, signal });
    } catch (error) {
      failure ??= error;
    }
    if (signal.aborted) break;
  }
  throw failure;
}

function toSocket(conn: Deno.Conn): LinkSocket {
  const { remoteAddr } = conn;
  let isOpen = true;
  return {
    address: "hostname" in remoteAddr ? remoteAddr.hostname : "",
    read: (buffer) => conn.read(buffer),
    write: (bytes) => conn.write(bytes),
    close: () => {
      if (isOpen) conn.close();
      isOpen = false;
    },
  };
}
