/**
 * A connection whose client is behind a proxy: it has the client's address, and begins behind the proxy's header.
 *
 * @module
 */
import type { ClientConn } from "./client_conn.ts";
import type { ProxiedSource } from "./proxy_header.ts";

const NOTHING = new Uint8Array(0);

/** Wraps a connection from a proxy. */
export class ProxiedConn implements ClientConn {
  /** The client's address, as the proxy says. */
  readonly remoteAddr: ProxiedSource;
  readonly #conn: ClientConn;
  #rest: Uint8Array;

  /** @param rest Bytes of the client that came with the header. */
  constructor(conn: ClientConn, source: ProxiedSource | undefined, rest: Uint8Array) {
    this.#conn = conn;
    this.remoteAddr = source ?? conn.remoteAddr;
    this.#rest = rest;
  }

  /** Where it arrived. */
  get localAddr(): ClientConn["localAddr"] {
    return this.#conn.localAddr;
  }

  /** Bytes read into `buffer`, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null> {
    const { length } = this.#rest;
    if (length === 0) return this.#conn.read(buffer);
    const size = Math.min(length, buffer.length);
    buffer.set(this.#rest.subarray(0, size));
    this.#rest = size === length ? NOTHING : this.#rest.subarray(size);
    return Promise.resolve(size);
  }

  /** Bytes that were written, at least 1 and at most all. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  /** Say that nothing more is sent. */
  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  /** Close at once. */
  close(): void {
    this.#conn.close();
  }

  /** As `Deno.TcpConn` has it. */
  setNoDelay(noDelay?: boolean): void {
    this.#conn.setNoDelay?.(noDelay);
  }
}
