/**
 * The options of the HTTP room, as `config/` fills them.
 *
 * @module
 */
import type { ListenAddress, TlsListenOptions } from "../core/mod.ts";

/** One HTTP listener. */
export interface HttpListener {
  /** Whether it listens at all. */
  readonly enabled: boolean;
  /** At least one address. */
  readonly listen: readonly ListenAddress[];
}

/** How many connections a listener may have, and how long they may take. */
export interface HttpLimits {
  /** At a time, over all addresses; one above it is turned away with 503. */
  readonly maxConnections: number;
  /** From accept, or the first byte of a further request, to the end of the request. */
  readonly headTimeoutMs: number;
  /** From an answer to the next request. */
  readonly idleTimeoutMs: number;
}

/** A listener for HTTPS. */
export interface HttpsListenOptions extends TlsListenOptions {
  /** Clients may choose HTTP/2. */
  readonly http2: boolean;
}

/** The management API. */
export interface ApiOptions extends HttpListener {
  /** Addresses and networks of proxies whose word on their clients counts. */
  readonly trustedProxies: readonly string[];
  /** The same by TLS. */
  readonly https: HttpsListenOptions;
  /** Of its connections. */
  readonly limits: HttpLimits;
  /** Names that it may be called by besides addresses and names of the local network; after a dot, all below it. */
  readonly hosts: readonly string[];
  /** Who may call. */
  readonly auth: ApiAuthOptions;
  /** Whether pages of other sites may call, with a token. */
  readonly crossdomain: boolean;
  /** Events that are kept for listeners that come back. */
  readonly eventsKept: number;
}

/** Credentials of the API; where there are none, all that reach it may call. */
export interface ApiAuthOptions {
  /** Permits everything. */
  readonly basic?: { readonly username: string; readonly password: string };
  /** Bearer tokens. */
  readonly tokens: readonly ApiTokenOptions[];
  /** Wrong ones of one address in a minute, after which those of that address are ignored; 0: any number. */
  readonly maxFailures: number;
}

/** A bearer token, known by its hash. */
export interface ApiTokenOptions {
  /** For the log. */
  readonly name: string;
  /** What it permits. */
  readonly scope: "read" | "kick" | "admin";
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Metrics on a listener of their own, and what metrics say. */
export interface ExporterOptions extends HttpListener {
  /** Label of the build's metric, `""` for none. */
  readonly label: string;
  /** The same: another one. */
  readonly tag: string;
  /** With more streams than this, metrics say nothing of single ones. */
  readonly maxStreams: number;
}

/** The server for players. */
export interface PlayerServerOptions extends HttpListener {
  /** Where each connection begins with a header of the PROXY protocol; none: nowhere. */
  readonly proxyListen: readonly ListenAddress[];
  /** Addresses and networks of proxies whose word on their clients counts. */
  readonly trustedProxies: readonly string[];
  /** The same by TLS. */
  readonly https: HttpsListenOptions;
  /** Of its connections. */
  readonly limits: HttpLimits;
  /** Whether pages of any site may read media. */
  readonly crossdomain: boolean;
  /** Sites whose pages may open a WebSocket; none: all. */
  readonly origins: readonly string[];
  /** How requests are logged. */
  readonly accessLog: "off" | "combined" | "log";
  /** Whether a stream has a page that plays it. */
  readonly player: boolean;
  /** Directory of files that are served; none when empty. */
  readonly dir: string;
}

/** The HTTP listeners. */
export interface HttpOptions {
  /** The management API. */
  readonly api: ApiOptions;
  /** Metrics. */
  readonly exporter: ExporterOptions;
  /** HTTP-FLV and HLS. */
  readonly server: PlayerServerOptions;
}
