/**
 * The HTTP server for players: media and what shows it. It runs in each media thread, next to RTMP.
 *
 * @module
 */
import { errorStack, type LimitName, type ListenAddress, type TlsPair } from "../core/mod.ts";
import {
  type ConnectionBounds,
  type ConnectionCount,
  ConnectionLimiter,
  type MediaContext,
} from "../stream/admission/mod.ts";
import { type AcceptFault, TrustedProxies } from "../system/mod.ts";
import { AccessLog, type AccessLogDeps } from "./access_log.ts";
import { RemuxRoute } from "./remux/remux_route.ts";
import { HlsService, type HlsServiceDeps, type KeptHlsState } from "./hls/hls_service.ts";
import { logged } from "./logged_exchange.ts";
import type { PlayerServerOptions } from "./options.ts";
import { fullResponse } from "./server/connection_cap.ts";
import type { HttpHandler } from "./server/exchange.ts";
import { HttpServer } from "./server/http_server.ts";
import type {
  HttpLimitHit,
  HttpLimitName,
  HttpListeners,
  HttpServerEvents,
  HttpServerLimits,
  NoRoom,
} from "./server/ports.ts";
import { type Route, Router } from "./server/router.ts";
import { SiteRoute } from "./site_route.ts";
import { textResponse } from "./server/text_response.ts";

/** How long answers under way may take at the end, milliseconds. */
const LAST_ANSWERS_MS = 1000;
/** How long an answer that is not a stream may make no progress, milliseconds. */
const WRITE_TIMEOUT_MS = 30_000;
/** No request of a player has a body. */
const MAX_BODY_BYTES = 0;
const REQUEST_REFUSED = { message: "HTTP request refused", level: "info" } as const;
const PROXY_REFUSED = { message: "PROXY protocol refused", level: "info" } as const;
const HANDSHAKE_FAILED = { message: "TLS handshake failed", level: "info" } as const;
const METHODS = ["GET", "HEAD", "OPTIONS"] as const;

/** What the server needs. */
export interface PlayerServerDeps {
  /** Shared with the clients of other protocols. */
  readonly media: MediaContext;
  /** Chance and HMAC. */
  readonly environment: HlsServiceDeps["environment"];
  /** What HLS shares with other threads and processes. */
  readonly hls: KeptHlsState & Pick<HlsServiceDeps, "threads" | "allocate" | "sink">;
  /** Of one address, as in RTMP. */
  readonly maxConnectionsPerIp: number;
  /** Connections of all threads. */
  readonly connections: ConnectionCount;
  /** What HTTPS identifies itself with; absent: it does not listen. */
  readonly certificate?: TlsPair;
  /** Other threads listen on the same addresses. */
  readonly reusePort: boolean;
  /** Where requests are logged. */
  readonly accessLog: Pick<AccessLogDeps, "writePlain" | "clean">;
  /** A connection could not be accepted. */
  acceptFailed(fault: AcceptFault, error: unknown): void;
}

/** A listening server for players. */
export class PlayerServer {
  readonly #server: HttpServer;
  readonly #hls: HlsService;
  readonly #gate: PlayerGate;
  readonly #deps: PlayerServerDeps;
  #handler: HttpHandler;

  private constructor(options: PlayerServerOptions, deps: PlayerServerDeps) {
    const { listen, proxyListen, trustedProxies, https } = options;
    const { media, reusePort, certificate: pair } = deps;
    this.#deps = deps;
    this.#hls = new HlsService(options, {
      ...deps.hls,
      media,
      environment: deps.environment,
      kept: deps.hls,
    });
    this.#gate = new PlayerGate(options, deps);
    this.#handler = handlerOf(options, deps, this.#hls);
    this.#server = HttpServer.listen(
      {
        ...{ listen, proxyListen, trustedProxies, http2: https.http2 },
        ...(pair === undefined || !https.enabled
          ? {}
          : { tls: { listen: https.listen, http2: https.http2, pair } }),
        reusePort,
        limits: limitsOf(options),
      },
      {
        clock: media.clock,
        handler: (exchange) => this.#handler(exchange),
        gate: this.#gate,
        events: new PlayerEvents(options, deps),
      },
    );
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: PlayerServerOptions, deps: PlayerServerDeps): PlayerServer {
    return new PlayerServer(options, deps);
  }

  /**
   * Listen there too.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
   */
  open(listeners: HttpListeners): void {
    this.#server.open(listeners);
  }

  /** Listen nowhere else. Settles when the other listeners accept no connection any more; connections stay. */
  keep(listeners: HttpListeners): Promise<void> {
    return this.#server.keep(listeners);
  }

  /**
   * Requests that come from here on are answered by these, when the media context has its own; where it listens stays as
   * it is.
   *
   * @param maxConnectionsPerIp Of one address, as in RTMP.
   */
  replaceOptions(options: PlayerServerOptions, maxConnectionsPerIp: number): void {
    const deps = { ...this.#deps, maxConnectionsPerIp };
    this.#hls.replaceOptions(options);
    this.#handler = handlerOf(options, deps, this.#hls);
    this.#gate.replaceOptions(options, maxConnectionsPerIp);
    this.#server.replaceTerms({
      ...{ limits: limitsOf(options), trustedProxies: options.trustedProxies },
      events: new PlayerEvents(options, deps),
    });
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#server.addresses;
  }

  /** Where proxies connect that send a header of the PROXY protocol. */
  get proxyAddresses(): readonly ListenAddress[] {
    return this.#server.proxyAddresses;
  }

  /** The same of HTTPS. */
  get tlsAddresses(): readonly ListenAddress[] {
    return this.#server.tlsAddresses;
  }

  /**
   * Clients by HTTPS that connect from now on get this certificate.
   *
   * @throws {Error} It cannot be used; the old one stays.
   */
  setCertificate(pair: TlsPair): void {
    this.#server.setCertificate(pair);
  }

  /** Accept no more connections. Those that are here are served on as long as another server could not do it. */
  stopAccepting(): Promise<void> {
    return this.#server.stopAccepting();
  }

  /** Accept no more connections, and end the idle ones. */
  stop(): void {
    this.#server.stop();
  }

  /** The players are gone: end what is left. Settles in a second at the latest. */
  close(): Promise<void> {
    this.#hls.close();
    return this.#server.drain(LAST_ANSWERS_MS);
  }
}

function limitsOf({ limits }: PlayerServerOptions): HttpServerLimits {
  return { ...limits, writeTimeoutMs: WRITE_TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES };
}

/** Answers all requests, and logs them if it is to. */
function handlerOf(
  options: PlayerServerOptions,
  { media, accessLog }: PlayerServerDeps,
  hls: HlsService,
): HttpHandler {
  const router = new Router(routesOf(options, media, hls), METHODS);
  const handler: HttpHandler = (exchange) => {
    if (media.clients.draining && !hls.route.keeps(exchange.head)) exchange.endConnection();
    return router.handle(exchange);
  };
  if (options.accessLog === "off") return handler;
  const { log, clock } = media;
  const wallNow = () => clock.wallNow();
  return logged(handler, { log: new AccessLog(options.accessLog, { ...accessLog, log, wallNow }), clock });
}

/** The routes in the order in which they are tried. */
function routesOf(
  { crossdomain, origins, player, dir }: PlayerServerOptions,
  media: MediaContext,
  hls: HlsService,
): readonly Route[] {
  return [
    hls.route,
    new RemuxRoute({ crossdomain, origins }, media),
    new SiteRoute({ player, dir }, media.options.vhosts),
  ];
}

class PlayerGate {
  readonly #limiter: ConnectionLimiter;

  constructor(options: PlayerServerOptions, deps: PlayerServerDeps) {
    const { maxConnectionsPerIp, media, connections } = deps;
    this.#limiter = new ConnectionLimiter(boundsOf(options, maxConnectionsPerIp), media, connections);
  }

  replaceOptions(options: PlayerServerOptions, maxConnectionsPerIp: number): void {
    this.#limiter.bounds = boundsOf(options, maxConnectionsPerIp);
  }

  admit(ip: string): (() => void) | NoRoom {
    const admitted = this.#limiter.admit(ip);
    if (typeof admitted !== "string") return () => admitted.leave();
    if (admitted === "http_server.max_connections") return { response: fullResponse() };
    const headers = { "Retry-After": "5" };
    return { response: textResponse(429, "This address has as many connections as it may have", headers) };
  }
}

function boundsOf(
  { limits: { maxConnections }, trustedProxies }: PlayerServerOptions,
  maxConnectionsPerIp: number,
): ConnectionBounds {
  const trusted = new TrustedProxies(trustedProxies);
  return {
    ...{ maxConnections, maxConnectionsPerIp, isProxy: (ip) => trusted.has(ip) },
    limit: "http_server.max_connections",
    limitPerIp: "http_server.max_connections_per_ip",
  };
}

/** What players run into, by the names of the limits. */
class PlayerEvents implements HttpServerEvents {
  readonly #details: Readonly<Record<HttpLimitName, string>>;
  readonly #deps: PlayerServerDeps;

  constructor({ limits: { headTimeoutMs, idleTimeoutMs } }: PlayerServerOptions, deps: PlayerServerDeps) {
    this.#deps = deps;
    this.#details = {
      head_timeout: `No request within ${headTimeoutMs} ms`,
      idle_timeout: `No further request within ${idleTimeoutMs} ms`,
      write_timeout: `An answer was taken more slowly than 1 KB/s for ${WRITE_TIMEOUT_MS} ms`,
    };
  }

  limit(limit: HttpLimitName, { ip, quiet }: HttpLimitHit): void {
    const name: LimitName = `http_server.${limit}`;
    const { limits } = this.#deps.media;
    if (quiet) limits.count(name, 1);
    else limits.hit(name, { ip, detail: this.#details[limit] });
  }

  refused(status: number, reason: string, ip: string): void {
    const detail = `${status}: ${reason}`;
    this.#deps.media.limits.hit("http_request_refused", { ip, detail }, REQUEST_REFUSED);
  }

  proxyRefused(detail: string, ip: string): void {
    this.#deps.media.limits.hit("proxy_header", { ip, detail }, PROXY_REFUSED);
  }

  handshakeFailed(detail: string, ip: string): void {
    this.#deps.media.limits.hit("tls_handshake", { ip, detail }, HANDSHAKE_FAILED);
  }

  unfinished(detail: string, ip: string): void {
    this.#deps.media.log.write("warn", undefined, "HTTP answer broke off", { ip, detail });
  }

  acceptFailed(fault: AcceptFault, error: unknown): void {
    this.#deps.acceptFailed(fault, error);
  }

  bug(error: unknown): void {
    const message = "Bug: the server for players failed in an unexpected way";
    this.#deps.media.log.write("error", undefined, message, { error: errorStack(error) });
  }
}
