/**
 * The options of the HTTP room, as `config/` fills them.
 *
 * @module
 */
import type { ListenAddress } from "../core/mod.ts";

/** One HTTP listener. */
export interface HttpListener {
  /** Whether it listens at all. */
  readonly enabled: boolean;
  /** At least one address. */
  readonly listen: readonly ListenAddress[];
}

/** How many connections the API may have, and how long they may take. */
export interface ApiLimits {
  /** At a time, over all addresses; one above it is closed at once. */
  readonly maxConnections: number;
  /** From accept, or the first byte of a further request, to the end of the request. */
  readonly headTimeoutMs: number;
  /** From an answer to the next request. */
  readonly idleTimeoutMs: number;
}

/** The management API. */
export interface ApiOptions extends HttpListener {
  /** Of its connections. */
  readonly limits: ApiLimits;
  /** Names that it may be called by besides addresses and names of the local network; after a dot, all below it. */
  readonly hosts: readonly string[];
}

/** The two HTTP listeners. */
export interface HttpOptions {
  /** The management API. */
  readonly api: ApiOptions;
  /** HTTP-FLV and HLS. */
  readonly server: HttpListener;
}
