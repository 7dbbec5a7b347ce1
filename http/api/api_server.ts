/**
 * The API on its addresses.
 *
 * @module
 */
import type { ListenAddress, TlsPair } from "../../core/mod.ts";
import { ManagementEvents, WRITE_TIMEOUT_MS } from "../management_events.ts";
import type { ApiOptions, HttpLimits } from "../options.ts";
import type { ApiDeps } from "../ports.ts";
import { Api } from "./api.ts";
import { ConnectionCap } from "../server/connection_cap.ts";
import { HttpServer } from "../server/http_server.ts";
import type { HttpListeners, HttpServerLimits } from "../server/ports.ts";

/** How long answers under way may take at the end, milliseconds. */
const LAST_ANSWERS_MS = 1000;
/** More than any body that a route takes, bytes. */
const MAX_BODY_BYTES = 16 * 1024;

/** Where and as whom the API listens. */
export type ApiServerOptions = Omit<ApiOptions, "enabled" | "eventsKept" | "https" | "trustedProxies"> & {
  /** Absent: none. */
  readonly trustedProxies?: readonly string[];
  /** Absent: nowhere. */
  readonly https?: ApiOptions["https"];
  /** A process that takes over may share the addresses; absent: none may. */
  readonly reusePort?: boolean;
};

/** A listening API. */
export class ApiServer {
  readonly #api: Api;
  readonly #cap: ConnectionCap;
  readonly #deps: ApiDeps;
  readonly #server: HttpServer;

  private constructor(
    { listen, trustedProxies = [], https, reusePort = false, limits, ...gate }: ApiServerOptions,
    deps: ApiDeps,
    pair: TlsPair | undefined,
  ) {
    const api = this.#api = new Api(gate, deps);
    const cap = this.#cap = new ConnectionCap(limits.maxConnections, (ip) => {
      deps.limits.hit("http_api.max_connections", { ip, detail: `${cap.maxConnections} already` });
    });
    this.#deps = deps;
    this.#server = HttpServer.listen(
      {
        ...{ listen, trustedProxies, reusePort, limits: connectionLimits(limits) },
        http2: https?.http2 === true,
        ...(pair === undefined || https?.enabled !== true
          ? {}
          : { tls: { listen: https.listen, http2: https.http2, pair } }),
      },
      {
        clock: deps.clock,
        handler: (exchange) => api.handle(exchange),
        gate: cap,
        events: new ManagementEvents("http_api", limits, deps),
      },
    );
  }

  /**
   * Listen on all addresses.
   *
   * @param pair What HTTPS identifies itself with; absent: it does not listen.
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: ApiServerOptions, deps: ApiDeps, pair?: TlsPair): ApiServer {
    return new ApiServer(options, deps, pair);
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

  /** Requests and connections that come from here on are subject to these; where it listens stays as it is. */
  replaceOptions({ trustedProxies = [], limits, hosts, auth, crossdomain }: ApiServerOptions): void {
    this.#api.replaceOptions({ hosts, auth, crossdomain });
    this.#cap.maxConnections = limits.maxConnections;
    const events = new ManagementEvents("http_api", limits, this.#deps);
    this.#server.replaceTerms({ limits: connectionLimits(limits), trustedProxies, events });
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#server.addresses;
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

  /** Every connection ends: at once where it is idle, else with the answer that is under way. */
  endConnections(): void {
    this.#server.endConnections();
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#server.connectionCount;
  }

  /** Take no more requests; answers under way have a second. Settles then at the latest. */
  async close(): Promise<void> {
    this.#deps.events.close();
    this.#api[Symbol.dispose]();
    await this.#server.stopAccepting();
    await this.#server.drain(LAST_ANSWERS_MS);
  }
}

function connectionLimits(limits: HttpLimits): HttpServerLimits {
  return { ...limits, writeTimeoutMs: WRITE_TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES };
}
