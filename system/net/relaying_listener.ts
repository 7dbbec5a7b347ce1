/**
 * A listener for TLS whose clients can be given up at any time: it accepts without TLS, and relays.
 *
 * @module
 */
import type { Clock, ListenAddress, TlsPair } from "../../core/mod.ts";
import type { Listener } from "./accept_loop.ts";
import { listenTcp } from "./listen_tcp.ts";
import { RelayedTls } from "./relayed_tls.ts";
import { TlsClientConn } from "./tls_conn.ts";
import { TlsRelay, type TlsRelayTerms } from "./tls_relay.ts";

/** What a listener reports. */
export interface RelayingEvents {
  /** A client was given up before it had shaken hands. */
  givenUp(): void;
}

/** A listening one. */
export class RelayingListener implements Listener {
  readonly #listener: Deno.TcpListener;
  readonly #events: RelayingEvents;
  readonly #clock: Clock;
  #terms: TlsRelayTerms;
  #relay: TlsRelay;
  #accepting = 0;
  #isClosed = false;

  /**
   * Listen.
   *
   * @throws {Error} The pair cannot be used, or the port not be shared, or too many files are open.
   */
  constructor(address: ListenAddress, terms: TlsRelayTerms, events: RelayingEvents, clock: Clock) {
    this.#terms = terms;
    this.#events = events;
    this.#clock = clock;
    this.#relay = TlsRelay.listen(terms, clock);
    try {
      this.#listener = listenTcp({ hostname: address.hostname, port: address.port, reusePort: true });
    } catch (error) {
      this.#relay.retire();
      throw error;
    }
  }

  /** @inheritdoc */
  get addr(): ListenAddress {
    return this.#listener.addr;
  }

  /**
   * Clients that are accepted from now on get this certificate.
   *
   * @throws {Error} The pair cannot be used: the old one stays.
   */
  renew(pair: TlsPair): void {
    const terms = { ...this.#terms, pair };
    const relay = TlsRelay.listen(terms, this.#clock);
    this.#relay.retire();
    [this.#terms, this.#relay] = [terms, relay];
  }

  /** @inheritdoc */
  async accept(): Promise<TlsClientConn> {
    this.#accepting++;
    try {
      const client = await this.#listener.accept();
      return new TlsClientConn(new RelayedTls(client, this.#relay.join(), this.#events, this.#clock));
    } finally {
      this.#accepting--;
      this.#retire();
    }
  }

  /** Listen no longer; clients that were accepted shake hands on. */
  close(): void {
    this.#isClosed = true;
    this.#listener.close();
    this.#retire();
  }

  /** The system may have accepted a client that needs the relay, and not have said so yet. */
  #retire(): void {
    if (this.#isClosed && this.#accepting === 0) this.#relay.retire();
  }
}
