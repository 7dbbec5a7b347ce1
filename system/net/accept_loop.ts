/**
 * The accept loop of a TCP listener: one client that resets its connection delays nobody else.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { delay } from "../timers.ts";
import { type AcceptFault, acceptFault } from "./accept_error.ts";
import type { ClientConn } from "./client_conn.ts";
import { listenTcp, type ListenTcpOptions } from "./listen_tcp.ts";

/** A pause after an error that the next `accept` would repeat, milliseconds: spares the CPU. */
const PAUSE_MS = 100;
/** More are under way all the time on a busy server: the listener closes all the same. */
const MAX_LAST_TURNS = 50;
/** A turn that took longer says nothing: others had the processor, and clients may have come, milliseconds. */
const SHORT_TURN_MS = 3;

/** What a loop calls. */
export interface AcceptEvents {
  /** Take over a connection. When it throws, the loop closes the connection and calls {@link AcceptEvents.failed}. */
  serve(conn: ClientConn): void;
  /** A connection came to nothing; called for each. */
  failed(fault: AcceptFault, error: unknown): void;
}

/** What a loop needs of a `Deno.TcpListener` or `Deno.TlsListener`. */
export interface Listener {
  /** Where it listens. */
  readonly addr: { readonly hostname: string; readonly port: number };
  /** The next connection. */
  accept(): Promise<ClientConn>;
  /** Listen no longer; an `accept` under way fails. */
  close(): void;
}

/** A listener and its loop. */
export class AcceptLoop {
  readonly #listener: Listener;
  readonly #events: AcceptEvents;
  readonly #clock: Clock;
  readonly #finished: Promise<void>;
  #stopped = false;
  #accepted = 0;

  /** Accept connections of `listener` from now on. */
  constructor(listener: Listener, events: AcceptEvents, clock: Clock) {
    this.#listener = listener;
    this.#events = events;
    this.#clock = clock;
    this.#finished = this.#run();
  }

  /**
   * Listen, and accept from now on.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
   */
  static listen(options: ListenTcpOptions, events: AcceptEvents, clock: Clock): AcceptLoop {
    return new AcceptLoop(listenTcp(options), events, clock);
  }

  /** Where it listens, with the port that the system chose. */
  get address(): { readonly hostname: string; readonly port: number } {
    const { hostname, port } = this.#listener.addr;
    return { hostname, port };
  }

  /** Stop listening. Settles when no connection is accepted any more. */
  stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = true;
      this.#listener.close();
    }
    return this.#finished;
  }

  /**
   * Stop at a moment at which nobody waits to be accepted: the system resets those that wait at a listener which is
   * closed. Settles as {@link AcceptLoop.stop}.
   */
  async stopWhenIdle(): Promise<void> {
    for (let turns = 0; turns < MAX_LAST_TURNS; turns++) {
      const [accepted, beganMs] = [this.#accepted, this.#clock.now()];
      await delay(this.#clock, 0);
      if (accepted === this.#accepted && this.#clock.now() - beganMs < SHORT_TURN_MS) break;
    }
    await this.stop();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      let conn: ClientConn | undefined;
      try {
        conn = await this.#listener.accept();
        this.#accepted++;
        this.#events.serve(conn);
      } catch (error) {
        conn?.close();
        if (this.#stopped) return;
        const fault = acceptFault(error);
        this.#events.failed(fault, error);
        // A fault of one connection says nothing about the next one.
        if (conn === undefined && fault !== "reset") await delay(this.#clock, PAUSE_MS);
      }
    }
  }
}
