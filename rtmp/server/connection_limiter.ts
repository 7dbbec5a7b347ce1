/**
 * How many connections there may be in all, and from one address (of IPv6: one /64). They are counted from accept on,
 * so that those which never finish their handshake count too.
 *
 * @module
 */
import { clientNetwork } from "../../stream/admission/access/mod.ts";
import { isLoopback } from "../../core/mod.ts";
import type { RtmpOptions } from "../options.ts";
import { Quota, type QuotaCounters } from "../../system/mod.ts";

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

  /** @inheritdoc */
  add(): number {
    return ++this.#count;
  }

  /** @inheritdoc */
  remove(): void {
    this.#count--;
  }
}

/** Admits connections while there is room for them. */
export class ConnectionLimiter {
  readonly #options: RtmpOptions;
  readonly #counters: QuotaCounters;
  readonly #count: ConnectionCount;

  constructor(options: RtmpOptions, counters: QuotaCounters, count: ConnectionCount) {
    this.#options = options;
    this.#counters = counters;
    this.#count = count;
  }

  /**
   * Count a new connection.
   *
   * @param ip Canonical.
   * @returns To be called once it is gone; `undefined` when there is no room for it.
   */
  admit(ip: string): (() => void) | undefined {
    const { maxConnections } = this.#options;
    if (this.#count.add() > maxConnections) {
      this.#count.remove();
      this.#counters.limits.hit("max_connections", { ip, detail: `${maxConnections} already` });
      return undefined;
    }
    const most = this.#mostOf(ip);
    if (most === 0) return () => this.#count.remove();
    const quota = new Quota(this.#counters, { ip });
    if (quota.acquire([{ limit: "max_connections_per_ip", name: clientNetwork(ip), most }]) !== undefined) {
      this.#count.remove();
      return undefined;
    }
    return () => {
      quota.release();
      this.#count.remove();
    };
  }

  #mostOf(ip: string): number {
    const { maxConnections, limits: { maxConnectionsPerIp } } = this.#options;
    if (maxConnectionsPerIp > 0) return maxConnectionsPerIp;
    return isLoopback(ip) ? 0 : Math.max(1, Math.floor(maxConnections / 2));
  }
}
