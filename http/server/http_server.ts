/**
 * A small strict HTTP/1.1 server: it bounds connections and the time that each may take, which `Deno.serve` does not.
 *
 * @module
 */
import type { Clock, ListenAddress, Timer } from "../../core/mod.ts";
import { AcceptLoop, type ClientConn } from "../../system/mod.ts";
import { HttpConnection, type HttpConnectionDeps } from "./http_connection.ts";
import type { HttpHandler } from "./exchange.ts";
import { HeaderBlocks } from "./header_block.ts";
import type { ConnectionGate, HttpServerEvents, HttpServerOptions } from "./ports.ts";

/** How often deadlines are looked at, milliseconds. */
const SWEEP_MS = 1000;
/** Clients that are being answered that there is no room for them; one more is closed without a word. */
const MAX_TURNED_AWAY = 64;

/** What a server needs. */
export interface HttpServerDeps {
  readonly clock: Clock;
  readonly handler: HttpHandler;
  readonly events: HttpServerEvents;
  readonly gate: ConnectionGate;
}

/** A listening server. */
export class HttpServer {
  readonly #deps: HttpConnectionDeps;
  readonly #gate: ConnectionGate;
  readonly #listeners: AcceptLoop[] = [];
  /** Those that were admitted, and what to call when one is gone. */
  readonly #connections = new Map<HttpConnection, () => void>();
  readonly #turnedAway = new Set<HttpConnection>();
  readonly #sweeper: Timer;
  #stopped: Promise<unknown> | undefined;
  #onEmpty: (() => void) | undefined;

  private constructor({ limits }: HttpServerOptions, { gate, ...deps }: HttpServerDeps) {
    const ended = (connection: HttpConnection): void => this.#ended(connection);
    this.#deps = { ...deps, limits, blocks: new HeaderBlocks(), ended };
    this.#gate = gate;
    this.#sweeper = deps.clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: HttpServerOptions, deps: HttpServerDeps): HttpServer {
    const server = new HttpServer(options, deps);
    try {
      for (const { hostname, port } of options.listen) {
        const address = { hostname, port, reusePort: options.reusePort ?? false };
        server.#listeners.push(AcceptLoop.listen(address, {
          serve: (conn) => server.#serve(conn),
          failed: (fault, error) => deps.events.acceptFailed(fault, error),
        }, deps.clock));
      }
    } catch (error) {
      void server.drain(0);
      throw error;
    }
    return server;
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Accept no more connections, and end those that wait for their next request. */
  stop(): void {
    this.#stopped ??= Promise.all(this.#listeners.map((listener) => listener.stop()));
    for (const connection of this.#connections.keys()) connection.end();
  }

  /**
   * Stop; the other connections end with the response that is under way.
   *
   * @param graceMs After this time they are cut.
   */
  async drain(graceMs: number): Promise<void> {
    this.stop();
    const timer = this.#deps.clock.setTimeout(() => {
      for (const connection of [...this.#connections.keys(), ...this.#turnedAway]) connection.close();
    }, graceMs);
    await this.#stopped;
    if (!this.#isEmpty()) await new Promise<void>((resolve) => this.#onEmpty = resolve);
    timer.clear();
    this.#sweeper.clear();
  }

  #serve(conn: ClientConn): void {
    const connection = new HttpConnection(conn, this.#deps);
    const leave = this.#gate.admit(connection.ip);
    if (typeof leave === "function") {
      this.#connections.set(connection, leave);
      return connection.start();
    }
    if (this.#turnedAway.size >= MAX_TURNED_AWAY) return connection.close();
    this.#turnedAway.add(connection);
    connection.refuse(leave.response);
  }

  #ended(connection: HttpConnection): void {
    this.#connections.get(connection)?.();
    this.#connections.delete(connection);
    this.#turnedAway.delete(connection);
    if (this.#isEmpty()) this.#onEmpty?.();
  }

  #isEmpty(): boolean {
    return this.#connections.size === 0 && this.#turnedAway.size === 0;
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.now();
    for (const connection of this.#connections.keys()) connection.sweep(nowMs);
  }
}
