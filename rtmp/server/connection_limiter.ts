/**
 * Who may come in at all: so many connections over all, so many from one address (of IPv6: one /64), counted from
 * accept on, so that those which never finish their handshake count too.
 *
 * @module
 */
import { clientNetwork } from "../../stream/admission/access/mod.ts";
import { isLoopback } from "../../core/mod.ts";
import type { RtmpOptions } from "../options.ts";
import { type PlaceBooks, Places } from "../../system/mod.ts";

/** Counts connections, over all threads where there are several. */
export interface ConnectionCount {
  /** The count with this one. */
  add(): number;
  /** One is gone. */
  remove(): void;
}

/** The connections of a server with one thread. */
export class OwnCount implements ConnectionCount {
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

/** Counts who is in. */
export class Doorkeeper {
  readonly #options: RtmpOptions;
  readonly #books: PlaceBooks;
  readonly #count: ConnectionCount;

  constructor(options: RtmpOptions, books: PlaceBooks, count: ConnectionCount) {
    this.#options = options;
    this.#books = books;
    this.#count = count;
  }

  /**
   * Let a connection in, or not.
   *
   * @param ip Canonical.
   * @returns To be called once it is gone; `undefined` when it may not come in.
   */
  admit(ip: string): (() => void) | undefined {
    const { maxConnections } = this.#options;
    if (this.#count.add() > maxConnections) {
      this.#count.remove();
      this.#books.limits.hit("max_connections", { ip, detail: `${maxConnections} already` });
      return undefined;
    }
    const most = this.#mostOf(ip);
    if (most === 0) return () => this.#count.remove();
    const places = new Places(this.#books, { ip });
    if (places.take([{ limit: "max_connections_per_ip", name: clientNetwork(ip), most }]) !== undefined) {
      this.#count.remove();
      return undefined;
    }
    return () => {
      places.giveBack();
      this.#count.remove();
    };
  }

  #mostOf(ip: string): number {
    const { maxConnections, limits: { maxConnectionsPerIp } } = this.#options;
    if (maxConnectionsPerIp > 0) return maxConnectionsPerIp;
    return isLoopback(ip) ? 0 : Math.max(1, Math.floor(maxConnections / 2));
  }
}
