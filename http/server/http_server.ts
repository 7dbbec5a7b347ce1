/**
 * A small strict HTTP/1.1 server: it bounds connections and the time that each may take, which `Deno.serve` does not.
 *
 * @module
 */
import type { Clock, ListenAddress, Timer } from "../../core/mod.ts";
import { AcceptLoop } from "../../system/mod.ts";
import { HttpConnection, type HttpConnectionDeps } from "./http_connection.ts";
import type { HttpHandler, HttpServerEvents, HttpServerLimits, HttpServerOptions } from "./ports.ts";

/** How often deadlines are looked at, milliseconds. */
const SWEEP_MS = 1000;

/** What a server needs. */
export interface HttpServerDeps {
  readonly clock: Clock;
  readonly handler: HttpHandler;
  readonly events: HttpServerEvents;
}

/** A listening server. */
export class HttpServer {
  readonly #limits: HttpServerLimits;
  readonly #deps: HttpConnectionDeps;
  readonly #listeners: AcceptLoop[] = [];
  readonly #connections = new Map<HttpConnection, Promise<void>>();
  readonly #sweeper: Timer;

  private constructor({ limits }: HttpServerOptions, deps: HttpServerDeps) {
    this.#limits = limits;
    this.#deps = { ...deps, limits };
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
      for (const address of options.listen) {
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

  /**
   * Accept no more connections and end the idle ones; the others end with the response that is under way.
   *
   * @param graceMs After this time they are cut.
   */
  async drain(graceMs: number): Promise<void> {
    const stopped = this.#listeners.map((listener) => listener.stop());
    for (const connection of this.#connections.keys()) connection.end();
    const timer = this.#deps.clock.setTimeout(() => {
      for (const connection of this.#connections.keys()) connection.abort();
    }, graceMs);
    await Promise.all([...stopped, ...this.#connections.values()]);
    timer.clear();
    this.#sweeper.clear();
  }

  #serve(conn: Deno.TcpConn): void {
    if (this.#connections.size >= this.#limits.maxConnections) {
      this.#deps.events.limit("max_connections", { ip: conn.remoteAddr.hostname, quiet: false });
      return conn.close();
    }
    const connection = new HttpConnection(conn, this.#deps);
    const done = connection.run().finally(() => this.#connections.delete(connection));
    this.#connections.set(connection, done);
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.now();
    for (const connection of this.#connections.keys()) connection.sweep(nowMs);
  }
}
