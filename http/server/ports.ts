/**
 * What the HTTP server is given.
 *
 * @module
 */
import type { ListenAddress } from "../../core/mod.ts";
import type { AcceptFault } from "../../system/mod.ts";

/**
 * Answers one request.
 *
 * A response with a body has a Content-Length, or is sent in chunks. What it throws is a bug, answered with 500.
 *
 * @param ip Of the client, as the system writes it.
 */
export type HttpHandler = (request: Request, ip: string) => Promise<Response> | Response;

/** What clients run into. */
export type HttpLimitName = "max_connections" | "head_timeout" | "idle_timeout" | "write_timeout";

/** A client that ran into a limit. */
export interface HttpLimitHit {
  readonly ip: string;
  /** Counted, but not worth a line. */
  readonly quiet: boolean;
}

/** How many clients there may be, and how long they may take. */
export interface HttpServerLimits {
  /** Connections at a time, over all addresses; one above it is closed at once. */
  readonly maxConnections: number;
  /** From accept, or the first byte of a further request, to the end of the request, its body included. */
  readonly headTimeoutMs: number;
  /** From a response to the next request. */
  readonly idleTimeoutMs: number;
  /** A response that makes no progress for this time ends its connection. */
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
  /** A connection could not be accepted. */
  acceptFailed(fault: AcceptFault, error: unknown): void;
  /** Something is wrong with a handler or with the server itself. */
  bug(error: unknown): void;
}

/** Where and how a server listens. */
export interface HttpServerOptions {
  /** At least one. */
  readonly listen: readonly ListenAddress[];
  readonly limits: HttpServerLimits;
}
