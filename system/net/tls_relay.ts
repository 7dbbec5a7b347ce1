/**
 * TLS for connections that were accepted without it: a listener on loopback, to which their bytes are relayed.
 *
 * @module
 */
import type { Clock, TlsPair } from "../../core/mod.ts";
import { delay } from "../timers.ts";
import { listenTls } from "./listen_tcp.ts";

const LOOPBACK = "127.0.0.1";
/** After an error, which the next `accept` may repeat before anything else can happen, milliseconds. */
const PAUSE_MS = 100;

/** How the listener is made. */
export interface TlsRelayTerms {
  /** Has passed `checkTlsPair`. */
  readonly pair: TlsPair;
  /** Protocols that clients may choose from, the best first. */
  readonly protocols?: readonly string[];
}

/** The end that speaks TLS. */
export type TlsEnd = Pick<
  Deno.TlsConn,
  "remoteAddr" | "read" | "write" | "closeWrite" | "close" | "handshake"
>;

/** What accepts those. */
export interface TlsEndListener {
  readonly addr: Deno.NetAddr;
  accept(): Promise<TlsEnd>;
  close(): void;
}

/** Both ends of a connection on loopback. */
export interface TlsLoop {
  /** What goes in here is what a client sends, in records. */
  readonly cable: Deno.TcpConn;
  /** Speaks TLS with it. */
  readonly tls: TlsEnd;
}

/** A connection that will be needed. */
export interface RelayPlace {
  /**
   * A new connection.
   *
   * @throws {Error} Errors of `Deno.connect`, as when no more files can be opened.
   */
  connect(): Promise<TlsLoop>;
  /** It is needed no longer. */
  leave(): void;
}

/** A listener on loopback, for connections of this object alone. */
export class TlsRelay {
  readonly #listener: TlsEndListener;
  readonly #clock: Clock;
  /** Cables whose other end has not been accepted, by their port. */
  readonly #expected = new Map<number, PromiseWithResolvers<TlsEnd>>();
  /** What was accepted before its cable was known here, by the port; or is of another program at the same address. */
  readonly #unknown = new Map<number, TlsEnd>();
  #places = 0;
  /** Connections that are being made. */
  #connecting = 0;
  #isAccepting = false;
  #isRetired = false;

  /** @param listener Listens on loopback, and belongs to the relay from here on. */
  constructor(listener: TlsEndListener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
  }

  /**
   * Listen.
   *
   * @throws {Error} The pair cannot be used, or no port is free.
   */
  static listen({ pair, protocols = [] }: TlsRelayTerms, clock: Clock): TlsRelay {
    return new TlsRelay(listenTls({ hostname: LOOPBACK, port: 0, pair, protocols }), clock);
  }

  /** Keep it listening for a connection that may be needed. */
  join(): RelayPlace {
    this.#places++;
    return {
      connect: () => this.#connect(),
      leave: () => {
        this.#places--;
        this.#closeWhenIdle();
      },
    };
  }

  /** Listen no longer than for those that have joined; connections stay. */
  retire(): void {
    this.#isRetired = true;
    this.#closeWhenIdle();
  }

  async #connect(): Promise<TlsLoop> {
    this.#connecting++;
    if (!this.#isAccepting) void this.#accept();
    try {
      const cable = await Deno.connect({ hostname: LOOPBACK, port: this.#listener.addr.port });
      cable.setNoDelay();
      try {
        return { cable, tls: await this.#otherEnd(cable.localAddr.port) };
      } catch (error) {
        cable.close();
        throw error;
      }
    } finally {
      if (--this.#connecting === 0) this.#closeUnknown();
    }
  }

  #otherEnd(port: number): Promise<TlsEnd> {
    const tls = this.#unknown.get(port);
    if (tls !== undefined) {
      this.#unknown.delete(port);
      return Promise.resolve(tls);
    }
    const accepted = Promise.withResolvers<TlsEnd>();
    this.#expected.set(port, accepted);
    return accepted.promise;
  }

  /** While connections are made. Never rejects. */
  async #accept(): Promise<void> {
    this.#isAccepting = true;
    while (this.#connecting > 0) {
      try {
        const tls = await this.#listener.accept();
        const { hostname, port } = tls.remoteAddr;
        if (hostname !== LOOPBACK) {
          // Of another program of this machine: the port that it comes from may be that of a cable too.
          tls.close();
          continue;
        }
        const expected = this.#expected.get(port);
        this.#expected.delete(port);
        if (expected === undefined) this.#unknown.set(port, tls);
        else expected.resolve(tls);
      } catch (error) {
        for (const { reject } of this.#expected.values()) reject(error);
        this.#expected.clear();
        if (this.#connecting > 0) await delay(this.#clock, PAUSE_MS);
      }
    }
    this.#isAccepting = false;
  }

  #closeUnknown(): void {
    for (const tls of this.#unknown.values()) tls.close();
    this.#unknown.clear();
  }

  #closeWhenIdle(): void {
    if (this.#isRetired && this.#places === 0) this.#listener.close();
  }
}
