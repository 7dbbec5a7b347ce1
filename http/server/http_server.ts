/**
 * A small strict server of HTTP/1.1, and by TLS of HTTP/2: it bounds connections and the time that each may take, which `Deno.serve` does not.
 *
 * @module
 */
import type { Clock, ListenAddress, Timer, TlsPair } from "../../core/mod.ts";
import {
  type AcceptEvents,
  acceptFault,
  AcceptLoop,
  type ClientConn,
  ListenerSet,
  ProxyGate,
  type ProxyGateOptions,
  renewAll,
  TlsAcceptLoop,
  TlsClientConn,
  type TlsListenTerms,
  TrustedProxies,
  whenReleased,
} from "../../system/mod.ts";
import { HttpConnection } from "./http_connection.ts";
import type { HttpHandler } from "./exchange.ts";
import { H2Connection, type H2ConnectionDeps } from "./h2/h2_connection.ts";
import { MessageHeads } from "./h2/message_head.ts";
import { WriteBuffers } from "./h2/write_buffers.ts";
import { HeaderBlocks } from "./header_block.ts";
import type {
  ConnectionGate,
  HttpListeners,
  HttpServerEvents,
  HttpServerOptions,
  HttpTerms,
  ServedConnection,
} from "./ports.ts";
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

const NOWHERE: HttpListeners = Object.freeze({ listen: [], proxyListen: [], tls: [] });

/** A listening server. */
export class HttpServer {
  /** Of connections that come from here on. */
  #deps: H2ConnectionDeps;
  readonly #listeners: ListenerSet<AcceptLoop>;
  readonly #proxyListeners: ListenerSet<AcceptLoop>;
  readonly #tlsListeners: ListenerSet<TlsAcceptLoop>;
  readonly #proxies: ProxyGate;
  /** Those that were admitted, and what to call when one is gone. */
  readonly #connections = new Map<ServedConnection, () => void>();
  readonly #turnedAway = new Set<HttpConnection>();
  readonly #sweeper: Timer;
  #stopped: Promise<unknown> | undefined;
  /** Of all who wait for the last connection. */
  #emptied: PromiseWithResolvers<void> | undefined;
  readonly #protocols: readonly string[];
  /** Absent where nothing listens for TLS. */
  #pair: TlsPair | undefined;

  private constructor(
    { limits, trustedProxies = [], reusePort = false, tls, http2 = tls?.http2 }: HttpServerOptions,
    deps: HttpServerDeps,
  ) {
    const ended = (connection: ServedConnection): void => this.#ended(connection);
    const proxies = new TrustedProxies(trustedProxies);
    const h2 = { h2Blocks: new HeaderBlocks(), heads: new MessageHeads(), buffers: new WriteBuffers() };
    this.#deps = { ...deps, ...h2, blocks: new HeaderBlocks(), limits, proxies, ended };
    this.#proxies = new ProxyGate(gateOptions(proxies, limits), {
      serve: (conn) => this.#serve(conn),
      refused: (detail, ip) => this.#deps.events.proxyRefused(detail, ip),
      failed: (error) => deps.events.acceptFailed(acceptFault(error), error),
    }, deps.clock);
    this.#pair = tls?.pair;
    this.#protocols = http2 === true ? [HTTP_2, "http/1.1"] : ["http/1.1"];
    const { clock } = deps;
    const failed: AcceptEvents["failed"] = (fault, error) => this.#deps.events.acceptFailed(fault, error);
    const events = { serve: (conn: ClientConn) => this.#serve(conn), failed };
    const proxyEvents = { serve: (conn: ClientConn) => this.#proxies.require(conn), failed };
    const tlsEvents = { serve: (conn: ClientConn) => this.#serveTls(conn), failed };
    this.#listeners = new ListenerSet((address) =>
      AcceptLoop.listen({ ...address, reusePort }, events, clock)
    );
    this.#proxyListeners = new ListenerSet((address) =>
      AcceptLoop.listen({ ...address, reusePort }, proxyEvents, clock)
    );
    this.#tlsListeners = new ListenerSet((address) =>
      TlsAcceptLoop.listen(address, this.#tlsTerms(), tlsEvents, clock)
    );
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
      const { listen, proxyListen = [], tls } = options;
      server.open({ listen, proxyListen, tls: tls?.listen ?? [] });
    } catch (error) {
      void server.drain(0);
      throw error;
    }
    return server;
  }

  /**
   * Listen there too.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
   */
  open({ listen, proxyListen, tls }: HttpListeners): void {
    this.#listeners.open(listen);
    this.#proxyListeners.open(proxyListen);
    this.#tlsListeners.open(tls);
  }

  /** Listen nowhere else. Settles when the other listeners accept no connection any more; connections stay. */
  async keep({ listen, proxyListen, tls }: HttpListeners): Promise<void> {
    await Promise.all([
      this.#listeners.keep(listen),
      this.#proxyListeners.keep(proxyListen),
      this.#tlsListeners.keep(tls),
    ]);
  }

  /** Connections that come from here on are subject to these. */
  replaceTerms({ limits, trustedProxies, events }: HttpTerms): void {
    const proxies = new TrustedProxies(trustedProxies);
    this.#deps = { ...this.#deps, limits, events, proxies };
    this.#proxies.options = gateOptions(proxies, limits);
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#listeners.addresses;
  }

  /** Where proxies connect that send a header of the PROXY protocol. */
  get proxyAddresses(): readonly ListenAddress[] {
    return this.#proxyListeners.addresses;
  }

  /** The same by TLS. */
  get tlsAddresses(): readonly ListenAddress[] {
    return this.#tlsListeners.addresses;
  }

  /**
   * Clients by TLS that connect from now on get this certificate.
   *
   * @throws {Error} A listener cannot use it, and keeps the old one.
   */
  setCertificate(pair: TlsPair): void {
    this.#pair = pair;
    renewAll(this.#tlsListeners.all, pair);
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Accept no more connections; those that are there are served on. */
  stopAccepting(): Promise<void> {
    return this.keep(NOWHERE);
  }

  /** Accept no more connections, and end those that wait for their next request. */
  stop(): void {
    const sets = [this.#listeners, this.#proxyListeners, this.#tlsListeners];
    this.#stopped ??= Promise.all(sets.map((set) => set.stop()));
    this.#proxies.close();
    this.endConnections();
  }

  /** Every connection ends: at once where it is idle, else with the answer that is under way. */
  endConnections(): void {
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
    if (!this.#isEmpty()) await (this.#emptied ??= Promise.withResolvers()).promise;
    timer.clear();
    this.#sweeper.clear();
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

  #tlsTerms(): TlsListenTerms {
    if (this.#pair === undefined) throw new Error("Cannot listen for HTTPS without a certificate");
    return { pair: this.#pair, protocols: this.#protocols };
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
    this.#connections.set(handshake, () => whenReleased(conn, leave));
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
    if (this.#isEmpty()) this.#emptied?.resolve();
  }

  #isEmpty(): boolean {
    return this.#connections.size === 0 && this.#turnedAway.size === 0;
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.now();
    for (const connection of this.#connections.keys()) connection.sweep(nowMs);
  }
}

function gateOptions(
  trusted: TrustedProxies,
  { headTimeoutMs }: HttpServerOptions["limits"],
): ProxyGateOptions {
  return { trusted, timeoutMs: headTimeoutMs, maxPending: MAX_PENDING_HEADERS };
}
