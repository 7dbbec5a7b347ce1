/**
 * Connections from proxies until their header has arrived. A health check, which leaves before it or says that it speaks
 * for itself, costs nothing and is not reported.
 *
 * @module
 */
import { canonicalIp, type Clock } from "../../core/mod.ts";
import type { ClientConn } from "./client_conn.ts";
import { ProxiedConn } from "./proxied_conn.ts";
import {
  MAX_PROXY_HEADER_BYTES,
  type ProxiedSource,
  type ProxyForm,
  readProxyHeader,
} from "./proxy_header.ts";
import type { TrustedProxies } from "./trusted_proxies.ts";

/** Enough for headers as proxies send them. */
const FIRST_BYTES = 512;

/** What the gate needs. */
export interface ProxyGateOptions {
  /** Others may not send a header. */
  readonly trusted: TrustedProxies;
  /** For a header, milliseconds. */
  readonly timeoutMs: number;
  /** Headers that may be waited for; one more is closed. */
  readonly maxPending: number;
}

/** What becomes of connections. */
export interface ProxyGateEvents {
  /** Take over a connection, with its client's address. */
  serve(conn: ClientConn): void;
  /** One was closed: it had no right to a header, or the header is none. */
  refused(detail: string, ip: string): void;
  /** One could not be taken over, and was closed: what {@link ProxyGateEvents.serve} threw. */
  failed(error: unknown): void;
}

/** Waits for headers. */
export class ProxyGate {
  /** For connections that come from here on. */
  options: ProxyGateOptions;
  readonly #events: ProxyGateEvents;
  readonly #clock: Clock;
  readonly #pending = new Set<ClientConn>();
  #closed = false;

  /** Nothing pending. */
  constructor(options: ProxyGateOptions, events: ProxyGateEvents, clock: Clock) {
    this.options = options;
    this.#events = events;
    this.#clock = clock;
  }

  /** A connection where a header of the PROXY protocol is required. */
  require(conn: ClientConn): void {
    const ip = canonicalIp(conn.remoteAddr.hostname);
    if (this.options.trusted.has(ip)) return this.#wait(conn, "proxy", ip);
    conn.close();
    this.#events.refused("not in trusted_proxies", ip);
  }

  /** A connection that may begin with SRS's prefix, if it comes from a proxy. */
  permit(conn: ClientConn): void {
    const ip = canonicalIp(conn.remoteAddr.hostname);
    if (this.options.trusted.has(ip)) this.#wait(conn, "srs", ip);
    else this.#events.serve(conn);
  }

  /** Close what is waited for, and what comes from now on. */
  close(): void {
    this.#closed = true;
    for (const conn of this.#pending) conn.close();
    this.#pending.clear();
  }

  #wait(conn: ClientConn, form: ProxyForm, ip: string): void {
    if (this.#closed) return conn.close();
    if (this.#pending.size >= this.options.maxPending) {
      conn.close();
      return this.#events.refused("too many headers are waited for", ip);
    }
    this.#pending.add(conn);
    void this.#read(conn, form, ip);
  }

  /** Never rejects. */
  async #read(conn: ClientConn, form: ProxyForm, ip: string): Promise<void> {
    const timer = this.#clock.setTimeout(() => {
      if (this.#give(conn)) this.#refuse(conn, `no header within ${this.options.timeoutMs} ms`, ip);
    }, this.options.timeoutMs);
    try {
      let bytes = new Uint8Array(FIRST_BYTES);
      for (let filled = 0;;) {
        const length = await conn.read(bytes.subarray(filled));
        // A health check, or closed for being late.
        if (length === null) return this.#leave(conn);
        filled += length;
        const found = readProxyHeader(bytes.subarray(0, filled), form);
        if (found.kind === "fault") {
          if (this.#give(conn)) this.#refuse(conn, found.reason, ip);
          return;
        }
        // A proxy that speaks for itself may be checking whether the server is there.
        const isCheck = found.kind === "header" && found.length > 0 && found.source === undefined;
        if (found.kind === "header" && (!isCheck || filled > found.length)) {
          if (this.#give(conn)) this.#serve(conn, found.source, bytes.subarray(found.length, filled));
          return;
        }
        if (filled === bytes.length) bytes = grown(bytes);
      }
    } catch {
      this.#leave(conn);
    } finally {
      timer.clear();
    }
  }

  #serve(conn: ClientConn, source: ProxiedSource | undefined, rest: Uint8Array): void {
    const proxied = new ProxiedConn(conn, source, rest.slice());
    try {
      this.#events.serve(proxied);
    } catch (error) {
      conn.close();
      this.#events.failed(error);
    }
  }

  #refuse(conn: ClientConn, detail: string, ip: string): void {
    conn.close();
    this.#events.refused(detail, ip);
  }

  #leave(conn: ClientConn): void {
    if (this.#give(conn)) conn.close();
  }

  /** It is not waited for any longer; whether it was. */
  #give(conn: ClientConn): boolean {
    return this.#pending.delete(conn);
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(2 * bytes.length, MAX_PROXY_HEADER_BYTES + FIRST_BYTES));
  larger.set(bytes);
  return larger;
}
