/**
 * The RTMP server: its listeners, and the clients that they accept.
 *
 * @module
 */
import {
  acceptFault,
  AcceptLoop,
  type ClientConn,
  ListenerSet,
  ProxyGate,
  type ProxyGateOptions,
  renewAll,
  TlsAcceptLoop,
  TrustedProxies,
  whenReleased,
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
  type AdmittedConnection,
  type ConnectionBounds,
  ConnectionLimiter,
  LocalConnectionCount,
  serverSnapshot,
  SWEEP_MS,
} from "../../stream/admission/mod.ts";
import type { RtmpOptions } from "../options.ts";
import { createContext, type RtmpServerDeps, type ServerContext } from "./server_context.ts";

/** Where the server listens, and where it is wanted to. */
export interface RtmpListeners {
  /** For plain RTMP. */
  readonly listen: readonly ListenAddress[];
  /** Behind a header of the PROXY protocol. */
  readonly proxyListen: readonly ListenAddress[];
  /** For TLS; the server must have a certificate. */
  readonly tls: readonly ListenAddress[];
}

const NOWHERE: RtmpListeners = Object.freeze({ listen: [], proxyListen: [], tls: [] });

/** A listening RTMP server. */
export class RtmpServer {
  readonly #context: ServerContext;
  readonly #limiter: ConnectionLimiter;
  readonly #listeners: ListenerSet<AcceptLoop>;
  readonly #proxyListeners: ListenerSet<AcceptLoop>;
  readonly #tlsListeners: ListenerSet<TlsAcceptLoop>;
  readonly #gate: ProxyGate;
  readonly #sweeper: Timer;
  /** Absent where nothing listens for TLS. */
  #pair: TlsPair | undefined;
  #draining = false;

  private constructor(
    context: ServerContext,
    { certificate, connections, reusePort: isShared, thread }: RtmpServerDeps,
  ) {
    this.#context = context;
    this.#pair = certificate;
    this.#gate = new ProxyGate(gateOptions(context.options), {
      serve: (conn) => this.#serve(conn),
      refused: (detail, ip) => countProxyRefusal(context.limits, detail, ip),
      failed: (error) => countFault(context.limits, acceptFault(error), error),
    }, context.clock);
    const count = connections ?? new LocalConnectionCount();
    this.#limiter = new ConnectionLimiter(bounds(context.options), context, count);
    const { clock } = context;
    const reusePort = isShared ?? thread !== undefined;
    const events = acceptEvents(context, (conn) => this.#gate.permit(conn));
    const proxyEvents = acceptEvents(context, (conn) => this.#gate.require(conn));
    const tlsEvents = acceptEvents(context, (conn) => this.#serve(conn));
    this.#listeners = new ListenerSet((address) =>
      AcceptLoop.listen({ ...address, reusePort }, events, clock)
    );
    this.#proxyListeners = new ListenerSet((address) =>
      AcceptLoop.listen({ ...address, reusePort }, proxyEvents, clock)
    );
    this.#tlsListeners = new ListenerSet((address) =>
      TlsAcceptLoop.listen(address, { pair: this.#requirePair() }, tlsEvents, clock)
    );
    this.#sweeper = clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Listen on all configured addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: RtmpOptions, deps: RtmpServerDeps): RtmpServer {
    const server = new RtmpServer(createContext(options, deps), deps);
    try {
      const { listen, proxyListen, rtmps } = options;
      server.open({
        listen,
        proxyListen,
        tls: deps.certificate !== undefined && rtmps.enabled ? rtmps.listen : [],
      });
    } catch (error) {
      for (const set of [server.#listeners, server.#proxyListeners, server.#tlsListeners]) void set.stop();
      server.#sweeper.clear();
      throw error;
    }
    return server;
  }

  /**
   * Listen there too.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
   */
  open({ listen, proxyListen, tls }: RtmpListeners): void {
    this.#listeners.open(listen);
    this.#proxyListeners.open(proxyListen);
    this.#tlsListeners.open(tls);
  }

  /** Listen nowhere else. Settles when the other listeners accept no connection any more; connections stay. */
  async keep({ listen, proxyListen, tls }: RtmpListeners): Promise<void> {
    await Promise.all([
      this.#listeners.keep(listen),
      this.#proxyListeners.keep(proxyListen),
      this.#tlsListeners.keep(tls),
    ]);
  }

  /** Other options are in force from here on, for clients of all protocols; where it listens stays as it is. */
  replaceOptions(options: RtmpOptions): void {
    this.#context.replaceRtmpOptions(options);
    this.#limiter.bounds = bounds(options);
    this.#gate.options = gateOptions(options);
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): ListenAddress[] {
    return this.#listeners.addresses;
  }

  /** Where proxies connect that send a header of the PROXY protocol. */
  get proxyAddresses(): ListenAddress[] {
    return this.#proxyListeners.addresses;
  }

  /** The same of RTMPS. */
  get tlsAddresses(): ListenAddress[] {
    return this.#tlsListeners.addresses;
  }

  /**
   * Clients by RTMPS that connect from now on get this certificate.
   *
   * @throws {Error} A listener cannot use it, and keeps the old one.
   */
  setCertificate(pair: TlsPair): void {
    this.#pair = pair;
    renewAll(this.#tlsListeners.all, pair);
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
    return serverSnapshot(this.#context);
  }

  /** What a snapshot says of all clients together. */
  totals(): Promise<ClientTotals> {
    return Promise.resolve(this.#context.clients.totals());
  }

  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    return Promise.resolve(this.#context.clients.kick(clientId, options));
  }

  /** Accept nobody more. Those that are here stay. Settles when nothing listens any more. */
  stopAccepting(): Promise<void> {
    return this.keep(NOWHERE);
  }

  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  async drain(): Promise<void> {
    this.#draining = true;
    const stopped = [this.#listeners, this.#proxyListeners, this.#tlsListeners].map((set) => set.stop());
    this.#sweeper.clear();
    this.#gate.close();
    await this.#context.clients.drain();
    await Promise.all(stopped);
    this.#context.turns.close();
    this.#context.joinDelay.close();
  }

  #requirePair(): TlsPair {
    if (this.#pair === undefined) throw new Error("Cannot listen for RTMPS without a certificate");
    return this.#pair;
  }

  #serve(conn: ClientConn): void {
    if (this.#draining) return conn.close();
    const admitted = this.#limiter.admit(canonicalIp(conn.remoteAddr.hostname));
    if (typeof admitted === "string") return conn.close();
    const connection = this.#connect(conn, admitted);
    void this.#context.clients.add(connection.monitor, () => connection.run())
      .then(() => whenReleased(conn, () => admitted.leave()));
  }

  #connect(conn: ClientConn, admitted: AdmittedConnection): Connection {
    try {
      return new Connection(conn, this.#context, admitted);
    } catch (error) {
      admitted.leave();
      throw error;
    }
  }

  #sweep(): void {
    const { clients, clock, egress, limits, sources } = this.#context;
    clients.sweep();
    egress?.sweep(sources, clock.now());
    sources.releaseIdleMemory();
    limits.sweep();
  }
}

function gateOptions({ trustedProxies, maxConnections, limits }: RtmpOptions): ProxyGateOptions {
  const trusted = new TrustedProxies(trustedProxies);
  return { trusted, timeoutMs: limits.handshakeTimeoutMs, maxPending: maxConnections };
}

function bounds(
  { maxConnections, trustedProxies, cluster, limits: { maxConnectionsPerIp } }: RtmpOptions,
): ConnectionBounds {
  const trusted = new TrustedProxies(trustedProxies);
  const edges = new AddressRanges(cluster.trusted);
  return {
    ...{ maxConnections, maxConnectionsPerIp, isProxy: (ip) => trusted.has(ip) || edges.has(ip) },
    ...{ limit: "max_connections", limitPerIp: "max_connections_per_ip" } as const,
  };
}
