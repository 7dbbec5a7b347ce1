/**
 * A listening server, as its operator sees it.
 *
 * @module
 */
import type { KickOptions, LimitName, Limits, ListenAddress } from "../core/mod.ts";
import type { ServerSnapshot } from "../stream/live/mod.ts";

/** A listening server. */
export interface MediaServer {
  /** Where it listens, with the ports that the system chose. */
  readonly addresses: readonly ListenAddress[];
  /** Connections now. */
  readonly connectionCount: number;
  /** Counts what clients ran into, over all threads; other listeners of the process count here too. */
  readonly limits: Limits;
  /** How often clients ran into each limit since the start. */
  limitCounts(): Readonly<Record<LimitName, number>>;
  /** What there is at this moment. */
  snapshot(): Promise<ServerSnapshot>;
  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options?: KickOptions): Promise<boolean>;
  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  drain(): Promise<void>;
}
