/**
 * What the HTTP server is given.
 *
 * @module
 */
import type { ListenAddress } from "../../core/mod.ts";
import type { AcceptFault, ClientConn } from "../../system/mod.ts";

/** What a connection needs of its socket. */
export type HttpSocket = ClientConn;

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
  /** Something is wrong with a handler or with the server itself. */
  bug(error: unknown): void;
}

/** Where and how a server listens. */
export interface HttpServerOptions {
  /** At least one. */
  readonly listen: readonly ListenAddress[];
  /** Other threads listen on the same addresses. */
  readonly reusePort?: boolean;
  readonly limits: HttpServerLimits;
}
