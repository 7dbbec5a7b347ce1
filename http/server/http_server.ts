/**
 * A small strict server of HTTP/1.1, and by TLS of HTTP/2: it bounds connections and the time that each may take, which `Deno.serve` does not.
 *
 * @module
 */
import type { Clock, ListenAddress, Timer, TlsPair } from "../../core/mod.ts";
import {
  acceptFault,
  AcceptLoop,
  type ClientConn,
  ProxyGate,
  renewAll,
  TlsAcceptLoop,
  TlsClientConn,
  TrustedProxies,
} from "../../system/mod.ts";
import { HttpConnection } from "./http_connection.ts";
import type { HttpHandler } from "./exchange.ts";
import { H2Connection, type H2ConnectionDeps } from "./h2/h2_connection.ts";
import { MessageHeads } from "./h2/message_head.ts";
import { HeaderBlocks } from "./header_block.ts";
import type { ConnectionGate, HttpServerEvents, HttpServerOptions, ServedConnection } from "./ports.ts";
import { TlsHandshake } from "./tls_handshake.ts";

/** How often deadlines are looked at, milliseconds. */
const SWEEP_MS = 1000;
/** Clients that are being answered that there is no room for them; one more is closed without a word. */
const MAX_TURNED_AWAY = 64;
/** What a client by TLS chooses HTTP/2 with. */
const HTTP_2 = "h2";
/** Connections from proxies whose header is waited for. */
const MAX_PENDING_HEADERS = 1000;

/** What a server needs. */
export interface HttpServerDeps {
  readonly clock: Clock;
  readonly handler: HttpHandler;
  readonly events: HttpServerEvents;
  readonly gate: ConnectionGate;
}

/** A listening server. */
export class HttpServer {
  readonly #deps: H2ConnectionDeps;
  readonly #listeners: AcceptLoop[] = [];
  readonly #proxyListeners: AcceptLoop[] = [];
  readonly #tlsListeners: TlsAcceptLoop[] = [];
  readonly #proxies: ProxyGate;
  /** Those that were admitted, and what to call when one is gone. */
  readonly #connections = new Map<ServedConnection, () => void>();
  readonly #turnedAway = new Set<HttpConnection>();
  readonly #sweeper: Timer;
  #stopped: Promise<unknown> | undefined;
  #onEmpty: (() => void) | undefined;

  private constructor(
    { limits, trustedProxies = [] }: HttpServerOptions,
    deps: HttpServerDeps,
  ) {
    const ended = (connection: ServedConnection): void => this.#ended(connection);
    const proxies = new TrustedProxies(trustedProxies);
    const blocks = { blocks: new HeaderBlocks(), h2Blocks: new HeaderBlocks(), heads: new MessageHeads() };
    this.#deps = { ...deps, ...blocks, limits, proxies, ended };
    const timeoutMs = limits.headTimeoutMs;
    this.#proxies = new ProxyGate({ trusted: proxies, timeoutMs, maxPending: MAX_PENDING_HEADERS }, {
      serve: (conn) => this.#serve(conn),
      refused: (detail, ip) => deps.events.proxyRefused(detail, ip),
      failed: (error) => deps.events.acceptFailed(acceptFault(error), error),
    }, deps.clock);
    this.#sweeper = deps.clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: HttpServerOptions, deps: HttpServerDeps): HttpServer {
    const server = new HttpServer(options, deps);
    try {
      for (const { hostname, port } of options.listen) {
        const address = { hostname, port, reusePort: options.reusePort ?? false };
        server.#listeners.push(AcceptLoop.listen(address, {
          serve: (conn) => server.#serve(conn),
          failed: (fault, error) => deps.events.acceptFailed(fault, error),
        }, deps.clock));
      }
      for (const { hostname, port } of options.proxyListen ?? []) {
        const address = { hostname, port, reusePort: options.reusePort ?? false };
        server.#proxyListeners.push(AcceptLoop.listen(address, {
          serve: (conn) => server.#proxies.require(conn),
          failed: (fault, error) => deps.events.acceptFailed(fault, error),
        }, deps.clock));
      }
      for (const address of options.tls?.listen ?? []) server.#listenTls(address, options.tls);
    } catch (error) {
      void server.drain(0);
      throw error;
    }
    return server;
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** Where proxies connect that send a header of the PROXY protocol. */
  get proxyAddresses(): readonly ListenAddress[] {
    return this.#proxyListeners.map(({ address }) => address);
  }

  /** The same by TLS. */
  get tlsAddresses(): readonly ListenAddress[] {
    return this.#tlsListeners.map(({ address }) => address);
  }

  /**
   * Clients by TLS that connect from now on get this certificate.
   *
   * @throws {Error} A listener cannot use it, and keeps the old one.
   */
  setCertificate(pair: TlsPair): void {
    renewAll(this.#tlsListeners, pair);
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Accept no more connections; those that are there are served on. */
  async stopAccepting(): Promise<void> {
    await Promise.all(this.#allListeners.map((listener) => listener.stopWhenIdle()));
  }

  /** Accept no more connections, and end those that wait for their next request. */
  stop(): void {
    this.#stopped ??= Promise.all(this.#allListeners.map((listener) => listener.stop()));
    this.#proxies.close();
    for (const connection of this.#connections.keys()) connection.end();
  }

  /**
   * Stop; the other connections end with the response that is under way.
   *
   * @param graceMs After this time they are cut.
   */
  async drain(graceMs: number): Promise<void> {
    this.stop();
    const timer = this.#deps.clock.setTimeout(() => {
      for (const connection of [...this.#connections.keys(), ...this.#turnedAway]) connection.close();
    }, graceMs);
    await this.#stopped;
    if (!this.#isEmpty()) await new Promise<void>((resolve) => this.#onEmpty = resolve);
    timer.clear();
    this.#sweeper.clear();
  }

  get #allListeners(): readonly (AcceptLoop | TlsAcceptLoop)[] {
    return [...this.#listeners, ...this.#proxyListeners, ...this.#tlsListeners];
  }

  #serve(conn: ClientConn): void {
    const connection = new HttpConnection(conn, this.#deps);
    const leave = this.#deps.gate.admit(connection.ip);
    if (typeof leave === "function") {
      this.#connections.set(connection, leave);
      return connection.start();
    }
    if (this.#turnedAway.size >= MAX_TURNED_AWAY) return connection.close();
    this.#turnedAway.add(connection);
    connection.refuse(leave.response);
  }

  #listenTls(address: ListenAddress, tls: HttpServerOptions["tls"]): void {
    if (tls === undefined) return;
    const { clock, events } = this.#deps;
    const protocols = tls.http2 ? [HTTP_2, "http/1.1"] : ["http/1.1"];
    const terms = { pair: tls.pair, protocols };
    this.#tlsListeners.push(TlsAcceptLoop.listen(address, terms, {
      serve: (conn) => this.#serveTls(conn),
      failed: (fault, error) => events.acceptFailed(fault, error),
    }, clock));
  }

  /** A client is counted from here on, though it may never get to a request. */
  #serveTls(conn: ClientConn): void {
    if (!(conn instanceof TlsClientConn)) return conn.close();
    const { clock, limits, events } = this.#deps;
    const untilMs = clock.now() + limits.headTimeoutMs;
    const handshake = new TlsHandshake(conn, untilMs, {
      limit: (limit, hit) => events.limit(limit, hit),
      handshakeFailed: (detail, ip) => events.handshakeFailed(detail, ip),
      shaken: (protocol) => this.#shaken(handshake, conn, protocol),
      ended: () => this.#ended(handshake),
    });
    const leave = this.#deps.gate.admit(handshake.ip);
    // The reason could be read after a handshake alone, which a server that is full cannot afford.
    if (typeof leave !== "function") return handshake.close();
    this.#connections.set(handshake, leave);
    void handshake.run();
  }

  #shaken(handshake: ServedConnection, conn: ClientConn, protocol: string | undefined): void {
    const leave = this.#connections.get(handshake);
    if (leave === undefined) return conn.close();
    this.#connections.delete(handshake);
    const connection = protocol === HTTP_2
      ? new H2Connection(conn, this.#deps)
      : new HttpConnection(conn, this.#deps);
    this.#connections.set(connection, leave);
    connection.start();
  }

  #ended(connection: ServedConnection): void {
    this.#connections.get(connection)?.();
    this.#connections.delete(connection);
    if (connection instanceof HttpConnection) this.#turnedAway.delete(connection);
    if (this.#isEmpty()) this.#onEmpty?.();
  }

  #isEmpty(): boolean {
    return this.#connections.size === 0 && this.#turnedAway.size === 0;
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.now();
    for (const connection of this.#connections.keys()) connection.sweep(nowMs);
  }
}
