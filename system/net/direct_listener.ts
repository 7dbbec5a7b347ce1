/**
 * A listener for TLS whose clients shake hands with the runtime.
 *
 * @module
 */
import type { ListenAddress } from "../../core/mod.ts";
import type { Listener } from "./accept_loop.ts";
import { DirectTls } from "./direct_tls.ts";
import type { HeldSockets } from "./held_sockets.ts";
import { listenTls } from "./listen_tcp.ts";
import { TlsClientConn } from "./tls_conn.ts";
import type { TlsRelayTerms } from "./tls_relay.ts";

/**
 * Clients that may wait to be accepted: they are the runtime's from then on, also where most of them turn out to say
 * nothing. One that finds no room comes again after a second.
 */
const BACKLOG = 256;

/** A listening one. */
export class DirectListener implements Listener {
  readonly #listener: Deno.TlsListener;
  readonly #held: HeldSockets;

  /**
   * Listen; the port is shared.
   *
   * @param held Counts the sockets that the runtime holds.
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listenTls`.
   */
  constructor({ hostname, port }: ListenAddress, { pair, protocols = [] }: TlsRelayTerms, held: HeldSockets) {
    this.#listener = listenTls({ hostname, port, reusePort: true, pair, protocols, backlog: BACKLOG });
    this.#held = held;
  }

  /** @inheritdoc */
  get addr(): ListenAddress {
    return this.#listener.addr;
  }

  /** @inheritdoc */
  async accept(): Promise<TlsClientConn> {
    return new TlsClientConn(new DirectTls(await this.#listener.accept(), this.#held));
  }

  /** @inheritdoc */
  close(): void {
    this.#listener.close();
  }
}
