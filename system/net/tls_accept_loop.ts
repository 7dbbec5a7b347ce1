/**
 * The accept loop of a listener for TLS, whose certificate can be replaced while it listens.
 *
 * The runtime keeps the socket of a client by TLS that was given up in its handshake, until the client leaves. When there
 * are too many of those, connections are accepted without TLS and relayed ({@link RelayedTls}), which are closed when
 * they are to be: a client that says nothing costs its time and no more, at the price of a copy for the others. So this
 * lasts until clients shake hands again.
 *
 * @module
 */
import type { Clock, ListenAddress, Timer, TlsPair } from "../../core/mod.ts";
import { acceptFault } from "./accept_error.ts";
import { type AcceptEvents, AcceptLoop, type Listener } from "./accept_loop.ts";
import { DirectListener } from "./direct_listener.ts";
import { HeldSockets } from "./held_sockets.ts";
import { RelayingListener } from "./relaying_listener.ts";
import type { TlsRelayTerms } from "./tls_relay.ts";

/** Sockets that the runtime may hold of clients that have not shaken hands, before the next ones are relayed. */
const MAX_HELD = 256;
/** Clients that may be given up before the next ones are relayed. */
const MAX_GIVEN_UP = 16;
/** How long fewer than that must have been given up before the runtime shakes hands by itself again, milliseconds. */
const CALM_MS = 30_000;

/** How a listener for TLS is made. */
export interface TlsListenTerms extends TlsRelayTerms {
  /** Clients that may be shaking hands before the next ones are relayed; 256 when absent. */
  readonly maxHeld?: number;
}

/** A listener for TLS and its loop. */
export class TlsAcceptLoop {
  readonly #events: AcceptEvents;
  readonly #clock: Clock;
  readonly #maxHeld: number;
  readonly #held = new HeldSockets(() => this.#startRelaying());
  readonly #stopped = new Set<Promise<void>>();
  #terms: TlsRelayTerms;
  #loop: AcceptLoop;
  /** Listens while connections are relayed. */
  #relaying: RelayingListener | undefined;
  /** Accepted before connections were relayed, and still accepts those that wait. */
  #drained: AcceptLoop | undefined;
  #calm: Timer | undefined;
  #isOver = false;

  private constructor(address: ListenAddress, terms: TlsListenTerms, events: AcceptEvents, clock: Clock) {
    const { maxHeld = MAX_HELD, ...others } = terms;
    this.#maxHeld = maxHeld;
    this.#terms = others;
    this.#events = events;
    this.#clock = clock;
    this.#loop = new AcceptLoop(new DirectListener(address, others, this.#held), events, clock);
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
    return new TlsAcceptLoop(address, terms, events, clock);
  }

  /** Where it listens, with the port that the system chose. */
  get address(): ListenAddress {
    return this.#loop.address;
  }

  /** Whether connections are relayed from now on. */
  get isRelaying(): boolean {
    return this.#relaying !== undefined;
  }

  /**
   * Connections get this certificate once the old listener is closed, which is at a moment at which nobody waits for it;
   * those that are there stay. The new one is open before: what arrives at the old one between its last look and its end
   * is lost, unless the system moves it (`net.ipv4.tcp_migrate_req`). After {@link TlsAcceptLoop.stop} it does nothing.
   *
   * @returns When the old one is closed.
   * @throws {Error} The pair cannot be used, or the port not be shared: the old one listens on.
   */
  renew(pair: TlsPair): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    const terms = { ...this.#terms, pair };
    if (this.#relaying !== undefined) {
      this.#relaying.renew(pair);
      this.#terms = terms;
      return Promise.resolve();
    }
    const listener = new DirectListener(this.address, terms, this.#held);
    this.#terms = terms;
    return this.#replaceBy(listener, (loop) => loop.stopWhenIdle());
  }

  /** Stop at a moment at which nobody waits to be accepted. Settles as {@link TlsAcceptLoop.stop}. */
  async stopWhenIdle(): Promise<void> {
    await this.#loop.stopWhenIdle();
    await this.stop();
  }

  /** Stop listening. Settles when no connection is accepted any more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#calm?.clear();
    await Promise.all([this.#loop.stop(), ...this.#stopped]);
  }

  /** Another listener takes over. Settles when the one before is closed. */
  #replaceBy(listener: Listener, stop: (loop: AcceptLoop) => Promise<void>): Promise<void> {
    const old = this.#loop;
    this.#loop = new AcceptLoop(listener, this.#events, this.#clock);
    const stopped = stop(old).then(() => void this.#stopped.delete(stopped));
    this.#stopped.add(stopped);
    return stopped;
  }

  /** If there are too many that have not shaken hands. */
  #startRelaying(): void {
    const { count, givenUp } = this.#held;
    if (this.#isOver) return;
    // More have come than were waiting.
    if (this.#relaying !== undefined && count >= 2 * this.#maxHeld) void this.#drained?.stop();
    if (this.#relaying !== undefined) return;
    if (count < this.#maxHeld && givenUp < MAX_GIVEN_UP) return;
    this.#held.forget();
    try {
      const events = { givenUp: () => this.#held.giveUp() };
      this.#relaying = new RelayingListener(this.address, this.#terms, events, this.#clock);
    } catch (error) {
      return this.#events.failed(acceptFault(error), error);
    }
    this.#drained = this.#loop;
    void this.#replaceBy(this.#relaying, (loop) => loop.stopWhenIdle());
    this.#calm = this.#clock.setInterval(() => this.#stopRelaying(), CALM_MS);
    const reason = `${count} clients by TLS have not shaken hands, ${givenUp} were given up`;
    this.#events.failed(
      "silent",
      new Error(`${reason}: others are relayed, which takes more of the processor`),
    );
  }

  /** If few were given up in the last while. */
  #stopRelaying(): void {
    const isCalm = this.#held.givenUp < MAX_GIVEN_UP && this.#held.count <= this.#maxHeld / 2;
    this.#held.forget();
    if (!isCalm) return;
    try {
      const listener = new DirectListener(this.address, this.#terms, this.#held);
      void this.#replaceBy(listener, (loop) => loop.stopWhenIdle());
    } catch (error) {
      // Connections are relayed on, and this is tried again.
      return this.#events.failed(acceptFault(error), error);
    }
    this.#calm?.clear();
    this.#relaying = undefined;
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
