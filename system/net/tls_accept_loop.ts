/**
 * The accept loop of a listener for TLS, whose certificate can be replaced while it listens.
 *
 * @module
 */
import type { Clock, ListenAddress, TlsPair } from "../../core/mod.ts";
import { type AcceptEvents, AcceptLoop, type Listener } from "./accept_loop.ts";
import { listenTls } from "./listen_tcp.ts";
import { TlsClientConn } from "./tls_conn.ts";

/**
 * Clients that may be shaking hands. The runtime keeps their sockets whatever is done here, so no more are accepted:
 * they wait in the system's queue, where they cost no open file.
 */
const MAX_SHAKING = 1024;

/** How a listener for TLS is made. */
export interface TlsListenTerms {
  /** Has passed `checkTlsPair`. */
  readonly pair: TlsPair;
  /** Protocols that clients may choose from, the best first. */
  readonly protocols?: readonly string[];
  /** Clients that may be shaking hands; 1,024 when absent. */
  readonly maxShaking?: number;
}

/** A listener for TLS and its loop. */
export class TlsAcceptLoop {
  readonly #events: AcceptEvents;
  readonly #clock: Clock;
  readonly #terms: TlsListenTerms;
  #loop: AcceptLoop;
  #stopped: Promise<void>[] = [];
  #isOver = false;

  private constructor(
    loop: AcceptLoop,
    terms: TlsListenTerms,
    events: AcceptEvents,
    clock: Clock,
  ) {
    this.#loop = loop;
    this.#terms = terms;
    this.#events = events;
    this.#clock = clock;
  }

  /**
   * Listen, and accept from now on. The port is shared, so that a second listener can take over: see to it that no other
   * program has it.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listenTls`.
   */
  static listen(
    address: ListenAddress,
    terms: TlsListenTerms,
    events: AcceptEvents,
    clock: Clock,
  ): TlsAcceptLoop {
    return new TlsAcceptLoop(new AcceptLoop(open(address, terms), events, clock), terms, events, clock);
  }

  /** Where it listens, with the port that the system chose. */
  get address(): ListenAddress {
    return this.#loop.address;
  }

  /**
   * Connections that begin from now on get this certificate; those that are there stay. The new listener is open before
   * the old one is closed: what has arrived at that one and was not accepted is lost, unless the system moves it
   * (`net.ipv4.tcp_migrate_req`). After {@link TlsAcceptLoop.stop} it does nothing.
   *
   * @returns When the old one is closed.
   * @throws {Error} The pair cannot be used, or the port not be shared: the old one listens on.
   */
  renew(pair: TlsPair): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    const listener = open(this.address, { ...this.#terms, pair });
    const old = this.#loop;
    this.#loop = new AcceptLoop(listener, this.#events, this.#clock);
    const stopped = old.stop().then(() => {
      this.#stopped = this.#stopped.filter((other) => other !== stopped);
    });
    this.#stopped.push(stopped);
    return stopped;
  }

  /** Stop at a moment at which nobody waits to be accepted. Settles as {@link TlsAcceptLoop.stop}. */
  async stopWhenIdle(): Promise<void> {
    await this.#loop.stopWhenIdle();
    await this.stop();
  }

  /** Stop listening. Settles when no connection is accepted any more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all([this.#loop.stop(), ...this.#stopped]);
  }
}

/**
 * Have all of these listeners use a pair; one that cannot keeps the old one, and the others do not.
 *
 * @throws {Error} What kept the first such listener; to be tried again.
 */
export function renewAll(listeners: readonly Pick<TlsAcceptLoop, "renew">[], pair: TlsPair): void {
  const failures: unknown[] = [];
  for (const listener of listeners) {
    try {
      void listener.renew(pair);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function open({ hostname, port }: ListenAddress, terms: TlsListenTerms): Listener {
  const { pair, protocols = [], maxShaking = MAX_SHAKING } = terms;
  const listener = listenTls({ hostname, port, reusePort: true, pair, protocols });
  let shaking = 0;
  return {
    addr: listener.addr,
    accept: async () => {
      if (shaking >= maxShaking) {
        throw new Error(
          `${shaking} clients by TLS have not shaken hands: others wait until they have, or leave`,
        );
      }
      const conn = new TlsClientConn(await listener.accept());
      shaking++;
      void conn.shaken.then(() => shaking--);
      return conn;
    },
    close: () => listener.close(),
  };
}
