/**
 * How many connections a listener may have in all, and from one address (of IPv6: one /64). They are counted from
 * accept on, so that those which never get to a request count too.
 *
 * @module
 */
import { clientNetwork } from "./access/mod.ts";
import { isLoopback, type LimitName } from "../../core/mod.ts";
import { acquireQuota, type QuotaCounters, type QuotaLease } from "../../system/mod.ts";

/** Counts connections, over all threads where there are several. */
export interface ConnectionCount {
  /** The count with this one. */
  add(): number;
  /** One is gone. */
  remove(): void;
}

/** Counts the connections of a server with one thread. */
export class LocalConnectionCount implements ConnectionCount {
  #count = 0;

  /** Count one more. */
  add(): number {
    return ++this.#count;
  }

  /** One is gone. */
  remove(): void {
    this.#count--;
  }
}

/** The bounds of a listener, and the limits under which they are counted. */
export interface ConnectionBounds {
  /** At a time. */
  readonly maxConnections: number;
  /** Of one address; 0 for half of all, loopback left out. */
  readonly maxConnectionsPerIp: number;
  /** Whether an address is that of a proxy or an edge, which speaks for many clients; absent: none is. */
  readonly isProxy?: (ip: string) => boolean;
  /** Counts those that are one too many. */
  readonly limit: LimitName;
  /** Counts those that are one too many of their address. */
  readonly limitPerIp: LimitName;
}

/** A connection that was admitted: what it is counted as. */
export class AdmittedConnection {
  readonly #count: ConnectionCount;
  readonly #ofAddress: QuotaLease | undefined;

  /**
   * It has been counted.
   *
   * @param count Where.
   * @param ofAddress What it uses of its address's share; `undefined`: the address has no bound.
   */
  constructor(count: ConnectionCount, ofAddress: QuotaLease | undefined) {
    this.#count = count;
    this.#ofAddress = ofAddress;
  }

  /** It speaks for many clients, as it proved after it was accepted: it no longer counts for its address. */
  releaseAddress(): void {
    this.#ofAddress?.release();
  }

  /** It is gone; to be called once. */
  leave(): void {
    this.#ofAddress?.release();
    this.#count.remove();
  }
}

/** Admits connections while there is room for them. */
export class ConnectionLimiter {
  /** For connections that come from here on; those that are there stay. */
  bounds: ConnectionBounds;
  readonly #counters: QuotaCounters;
  readonly #count: ConnectionCount;

  /** No connection yet, unless `count` knows of some. */
  constructor(bounds: ConnectionBounds, counters: QuotaCounters, count: ConnectionCount) {
    this.bounds = bounds;
    this.#counters = counters;
    this.#count = count;
  }

  /**
   * Count a new connection.
   *
   * @param ip Canonical.
   * @returns The connection, or the limit that leaves no room for it.
   */
  admit(ip: string): AdmittedConnection | LimitName {
    const { maxConnections, limit, limitPerIp } = this.bounds;
    if (this.#count.add() > maxConnections) {
      this.#count.remove();
      this.#counters.limits.hit(limit, { ip, detail: `${maxConnections} already` });
      return limit;
    }
    const most = this.#mostOf(ip);
    if (most === 0) return new AdmittedConnection(this.#count, undefined);
    const wanted = [{ limit: limitPerIp, name: clientNetwork(ip), most }];
    const ofAddress = acquireQuota(wanted, { ip }, this.#counters);
    if (typeof ofAddress !== "string") return new AdmittedConnection(this.#count, ofAddress);
    this.#count.remove();
    return ofAddress;
  }

  #mostOf(ip: string): number {
    const { maxConnections, maxConnectionsPerIp, isProxy } = this.bounds;
    if (isProxy?.(ip)) return 0;
    if (maxConnectionsPerIp > 0) return maxConnectionsPerIp;
    return isLoopback(ip) ? 0 : Math.max(1, Math.floor(maxConnections / 2));
  }
}
