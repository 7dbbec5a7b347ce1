/**
 * What the HTTP server is given.
 *
 * @module
 */
import type { ListenAddress, TlsPair } from "../../core/mod.ts";
import type { AcceptFault, ClientConn } from "../../system/mod.ts";

/** What a connection needs of its socket. */
export type HttpSocket = ClientConn;

/** A connection that a server has. */
export interface ServedConnection {
  /** Look at the deadline; called about once a second. */
  sweep(nowMs: number): void;
  /** Serve no further request. */
  end(): void;
  /** End at once. */
  close(): void;
}

/** There is no room for a client. */
export interface NoRoom {
  /** What it is answered. */
  readonly response: Response;
}

/** Says whether there is room for a connection of a client, whose address is canonical. */
export interface ConnectionGate {
  /** To be called once the connection is gone, or why there is no room for it. */
  admit(ip: string): (() => void) | NoRoom;
}

/** What clients run into. */
export type HttpLimitName = "head_timeout" | "idle_timeout" | "write_timeout";

/** A client that ran into a limit. */
export interface HttpLimitHit {
  readonly ip: string;
  /** Counted, but not worth a line. */
  readonly quiet: boolean;
}

/** How many clients there may be, and how long they may take. */
export interface HttpServerLimits {
  /** From accept, or the first byte of a further request, to the end of the request, its body included. */
  readonly headTimeoutMs: number;
  /** From a response to the next request. */
  readonly idleTimeoutMs: number;
  /** A response of which less than a byte a millisecond is taken for this time ends its connection. */
  readonly writeTimeoutMs: number;
  /** Largest body of a request, bytes. */
  readonly maxBodyBytes: number;
}

/** What a server reports. */
export interface HttpServerEvents {
  /** A client ran into a limit. */
  limit(limit: HttpLimitName, hit: HttpLimitHit): void;
  /** A request was answered without the handler. */
  refused(status: number, reason: string, ip: string): void;
  /** A response broke off, because its source did not give what it promised. */
  unfinished(detail: string, ip: string): void;
  /** A connection could not be accepted. */
  acceptFailed(fault: AcceptFault, error: unknown): void;
  /** A proxy, or what says that it is one, was refused. */
  proxyRefused(detail: string, ip: string): void;
  /** A client by TLS did not get to a request. */
  handshakeFailed(detail: string, ip: string): void;
  /** Something is wrong with a handler or with the server itself. */
  bug(error: unknown): void;
}

/** Where a server listens, and where it is wanted to. */
export interface HttpListeners {
  /** For plain HTTP. */
  readonly listen: readonly ListenAddress[];
  /** Behind a header of the PROXY protocol. */
  readonly proxyListen: readonly ListenAddress[];
  /** For TLS; the server must have a certificate. */
  readonly tls: readonly ListenAddress[];
}

/** What connections are subject to. */
export interface HttpTerms {
  readonly limits: HttpServerLimits;
  /** Addresses and networks of proxies whose word on their clients counts. */
  readonly trustedProxies: readonly string[];
  /** Its texts name the limits. */
  readonly events: HttpServerEvents;
}

/** Where and how a server listens. */
export interface HttpServerOptions {
  /** At least one. */
  readonly listen: readonly ListenAddress[];
  /** The same by TLS; absent: nowhere. */
  readonly tls?: {
    readonly listen: readonly ListenAddress[];
    readonly pair: TlsPair;
    /** Clients may choose HTTP/2. */
    readonly http2: boolean;
  };
  /** Where each connection begins with a header of the PROXY protocol; absent: nowhere. */
  readonly proxyListen?: readonly ListenAddress[];
  /** Addresses and networks of proxies whose word on their clients counts; absent: none. */
  readonly trustedProxies?: readonly string[];
  /** Whether listeners for TLS that are opened later offer HTTP/2; absent: as `tls` says. */
  readonly http2?: boolean;
  /** Other threads listen on the same addresses. */
  readonly reusePort?: boolean;
  readonly limits: HttpServerLimits;
}
