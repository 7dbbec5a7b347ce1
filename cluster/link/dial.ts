/**
 * Sockets to other servers: TCP, or TLS with the certificate checked.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { RtmpEndpoint } from "../../rtmp/client/mod.ts";
import { deadline } from "../../system/mod.ts";

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

/** Opens a socket; fails at once when `signal` aborts. */
export type Dial = (endpoint: RtmpEndpoint, signal: AbortSignal) => Promise<LinkSocket>;

/** How long a connection may take to open, milliseconds. */
const CONNECT_MS = 2000;

/** Opens sockets of the system, within {@link CONNECT_MS}. */
export function systemDial(clock: Clock): Dial {
  return async (endpoint, signal) => {
    const { hostname, port } = endpoint;
    const opening = open(endpoint);
    const conn = await deadline(clock, opening, { maxMs: CONNECT_MS, signal });
    if (typeof conn !== "string") return toSocket(conn);
    // It may still open, or fail: nobody wants it.
    opening.then((late) => late.close(), () => undefined);
    if (conn === "aborted") throw new Deno.errors.Interrupted(`${hostname}:${port} is not wanted any more`);
    throw new Deno.errors.TimedOut(`Cannot connect to ${hostname}:${port} within ${CONNECT_MS} ms`);
  };
}

async function open({ secure, hostname, port }: RtmpEndpoint): Promise<Deno.Conn> {
  if (secure) {
    const conn = await Deno.connectTls({ hostname, port });
    try {
      await conn.handshake();
    } catch (error) {
      conn.close();
      throw error;
    }
    return conn;
  }
  const conn = await Deno.connect({ hostname, port });
  conn.setNoDelay();
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
