/**
 * The RTMP server: its listeners, and the clients that they accept.
 *
 * @module
 */
import {
  acceptFault,
  AcceptLoop,
  type ClientConn,
  ProxyGate,
  renewAll,
  TlsAcceptLoop,
  TrustedProxies,
} from "../../system/mod.ts";
import { acceptEvents, countFault, countProxyRefusal } from "./accept_events.ts";
import { Connection } from "./connection.ts";
import {
  AddressRanges,
  canonicalIp,
  type KickOptions,
  type LimitName,
  type Limits,
  type ListenAddress,
  type Timer,
  type TlsPair,
} from "../../core/mod.ts";
import type { ClientTotals, PublisherHandle, ServerSnapshot } from "../../stream/live/mod.ts";
import {
  type ConnectionCount,
  ConnectionLimiter,
  LocalConnectionCount,
  serverSnapshot,
  SWEEP_MS,
} from "../../stream/admission/mod.ts";
import type { RtmpOptions } from "../options.ts";
import { createContext, type RtmpServerDeps, type ServerContext } from "./server_context.ts";

/** A listening RTMP server. */
export class RtmpServer {
  readonly #context: ServerContext;
  readonly #limiter: ConnectionLimiter;
  readonly #listeners: AcceptLoop[] = [];
  readonly #proxyListeners: AcceptLoop[] = [];
  readonly #tlsListeners: TlsAcceptLoop[] = [];
  readonly #gate: ProxyGate;
  readonly #sweeper: Timer;
  #draining = false;

  private constructor(context: ServerContext, count: ConnectionCount) {
    this.#context = context;
    const { maxConnections, trustedProxies, limits: { maxConnectionsPerIp, handshakeTimeoutMs } } =
      context.options;
    const trusted = new TrustedProxies(trustedProxies);
    const edges = new AddressRanges(context.options.cluster.trusted);
    this.#gate = new ProxyGate({ trusted, timeoutMs: handshakeTimeoutMs, maxPending: maxConnections }, {
      serve: (conn) => this.#serve(conn),
      refused: (detail, ip) => countProxyRefusal(context.limits, detail, ip),
      failed: (error) => countFault(context.limits, acceptFault(error), error),
    }, context.clock);
    const limits = { limit: "max_connections", limitPerIp: "max_connections_per_ip" } as const;
    this.#limiter = new ConnectionLimiter(
      {
        maxConnections,
        maxConnectionsPerIp,
        isProxy: (ip) => trusted.has(ip) || edges.has(ip),
        ...limits,
      },
      context,
      count,
    );
    this.#sweeper = context.clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Listen on all configured addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: RtmpOptions, deps: RtmpServerDeps): RtmpServer {
    const server = new RtmpServer(
      createContext(options, deps),
      deps.connections ?? new LocalConnectionCount(),
    );
    const reusePort = deps.reusePort ?? deps.thread !== undefined;
    const events = acceptEvents(server.#context, (conn) => server.#gate.permit(conn));
    const proxyEvents = acceptEvents(server.#context, (conn) => server.#gate.require(conn));
    const tlsEvents = acceptEvents(server.#context, (conn) => server.#serve(conn));
    try {
      for (const { hostname, port } of options.listen) {
        server.#listeners.push(AcceptLoop.listen({ hostname, port, reusePort }, events, deps.clock));
      }
      for (const { hostname, port } of options.proxyListen) {
        server.#proxyListeners.push(
          AcceptLoop.listen({ hostname, port, reusePort }, proxyEvents, deps.clock),
        );
      }
      const { rtmps } = options;
      if (deps.certificate !== undefined && rtmps.enabled) {
        for (const address of rtmps.listen) {
          server.#tlsListeners.push(
            TlsAcceptLoop.listen(address, { pair: deps.certificate }, tlsEvents, deps.clock),
          );
        }
      }
    } catch (error) {
      for (const listener of server.#allListeners) void listener.stop();
      server.#sweeper.clear();
      throw error;
    }
    return server;
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): ListenAddress[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** Where proxies connect that send a header of the PROXY protocol. */
  get proxyAddresses(): ListenAddress[] {
    return this.#proxyListeners.map(({ address }) => address);
  }

  /** The same of RTMPS. */
  get tlsAddresses(): ListenAddress[] {
    return this.#tlsListeners.map(({ address }) => address);
  }

  /**
   * Clients by RTMPS that connect from now on get this certificate.
   *
   * @throws {Error} A listener cannot use it, and keeps the old one.
   */
  setCertificate(pair: TlsPair): void {
    renewAll(this.#tlsListeners, pair);
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#context.clients.size;
  }

  /** What clients ran into, over all threads. */
  get limits(): Limits {
    return this.#context.limits;
  }

  /** How often clients ran into each limit since the start. */
  limitCounts(): Readonly<Record<LimitName, number>> {
    return this.#context.limits.counts();
  }

  /** Streams with a publisher or player now, or about to have one. */
  get sourceCount(): number {
    return this.#context.sources.size;
  }

  /** The publisher that has the name of this key here, if there is one. */
  publisherOf(key: string): PublisherHandle | undefined {
    return this.#context.sources.get(key)?.holder;
  }

  /** What there is at this moment. */
  snapshot(): Promise<ServerSnapshot> {
    return Promise.resolve(serverSnapshot(this.#context));
  }

  /** What a snapshot says of all clients together. */
  totals(): Promise<ClientTotals> {
    return Promise.resolve(this.#context.clients.totals());
  }

  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    return Promise.resolve(this.#context.clients.kick(clientId, options));
  }

  /** Accept nobody more, and ask clients to connect again that take that. Those that are here stay. */
  async stopAccepting(): Promise<void> {
    await Promise.all(this.#allListeners.map((listener) => listener.stopWhenIdle()));
    this.#context.clients.startDraining();
  }

  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  async drain(): Promise<void> {
    this.#draining = true;
    const stopped = this.#allListeners.map((listener) => listener.stop());
    this.#sweeper.clear();
    this.#gate.close();
    await this.#context.clients.drain();
    await Promise.all(stopped);
    this.#context.turns.close();
    this.#context.joinDelay.close();
  }

  get #allListeners(): readonly (AcceptLoop | TlsAcceptLoop)[] {
    return [...this.#listeners, ...this.#proxyListeners, ...this.#tlsListeners];
  }

  #serve(conn: ClientConn): void {
    if (this.#draining) return conn.close();
    const leave = this.#limiter.admit(canonicalIp(conn.remoteAddr.hostname));
    if (typeof leave === "string") return conn.close();
    const connection = this.#connect(conn, leave);
    void this.#context.clients.add(connection.monitor, () => connection.run()).finally(leave);
  }

  #connect(conn: ClientConn, leave: () => void): Connection {
    try {
      return new Connection(conn, this.#context);
    } catch (error) {
      leave();
      throw error;
    }
  }

  #sweep(): void {
    const { clients, clock, egress, limits, sources } = this.#context;
    clients.sweep();
    egress?.sweep(sources, clock.now());
    for (const source of sources) source.releaseIdleMemory();
    limits.sweep();
  }
}
