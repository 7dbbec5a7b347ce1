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

/** Opens sockets of the system, within {@link CONNECT_MS}. */
export function systemDial(clock: Clock, guard: AddressGuard): Dial {
  return async (endpoint, { signal, trust }) => {
    const { hostname, port } = endpoint;
    const opening = trust === "guarded" ? openGuarded(endpoint, guard) : open(endpoint);
    const conn = await deadline(clock, opening, { maxMs: CONNECT_MS, signal });
    if (typeof conn !== "string") return toSocket(conn);
    // It may still open, or fail: nobody wants it.
    opening.then((late) => late.close(), () => undefined);
    if (conn === "aborted") throw new Deno.errors.Interrupted(`${hostname}:${port} is not wanted any more`);
    throw new Deno.errors.TimedOut(`Cannot connect to ${hostname}:${port} within ${CONNECT_MS} ms`);
  };
}

async function open({ secure, hostname, port }: RtmpEndpoint): Promise<Deno.Conn> {
  if (secure) return await handshaken(await Deno.connectTls({ hostname, port }));
  const conn = await Deno.connect({ hostname, port });
  conn.setNoDelay();
  return conn;
}

/** The name is looked up once, and what was judged is connected to. */
async function openGuarded(
  { secure, hostname, port }: RtmpEndpoint,
  guard: AddressGuard,
): Promise<Deno.Conn> {
  const conn = await connectAny(await guard.permitted(hostname), port);
  try {
    guard.checkEnds(conn.localAddr.hostname, conn.remoteAddr.hostname);
    conn.setNoDelay();
  } catch (error) {
    conn.close();
    throw error;
  }
  return secure ? await handshaken(await Deno.startTls(conn, { hostname })) : conn;
}

async function connectAny(addresses: readonly string[], port: number): Promise<Deno.TcpConn> {
  let failure: unknown;
  for (const hostname of addresses) {
    try {
      return await Deno.connect({ hostname, port });
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

async function handshaken(conn: Deno.TlsConn): Promise<Deno.TlsConn> {
  try {
    await conn.handshake();
  } catch (error) {
    conn.close();
    throw error;
  }
  return conn;
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
