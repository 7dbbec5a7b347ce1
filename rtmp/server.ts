/**
 * The RTMP server: listeners, and one loop per connection. The only user of `Deno.listen` for RTMP.
 *
 * @module
 */
import { Connection } from "./connection.ts";
import { Flusher } from "./flusher.ts";
import { SegmentPool, Sources } from "./live/mod.ts";
import type { ListenAddress, RtmpOptions } from "./options.ts";
import type { House } from "./peer.ts";
import type { ClientIds, Hooks, Log } from "./ports.ts";
import type { WireEnvironment } from "./wire/mod.ts";

/** How often deadlines are looked at, milliseconds. */
const SWEEP_MS = 1000;
/** A pause after the system refused a connection (out of files), so that the log and the CPU are spared. */
const ACCEPT_PAUSE_MS = 100;
/** Connections above the limit are counted and logged together, once in this time. */
const REFUSAL_LOG_MS = 1000;

/** What the server needs of the house. */
export interface RtmpServerDeps {
  readonly hooks: Hooks;
  readonly log: Log;
  readonly clientIds: ClientIds;
  readonly environment: WireEnvironment;
}

/** A listening RTMP server. */
export class RtmpServer {
  readonly #house: House;
  readonly #listeners: Deno.TcpListener[] = [];
  readonly #connections = new Map<number, { connection: Connection; done: Promise<void> }>();
  readonly #accepting: Promise<void>[] = [];
  readonly #sweeper: ReturnType<typeof setInterval>;
  #draining = false;
  #refused = 0;
  #refusedLoggedMs = 0;

  private constructor(house: House) {
    this.#house = house;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Listen on all configured addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: RtmpOptions, deps: RtmpServerDeps): RtmpServer {
    const sources = new Sources((length) => deps.environment.random(length), new SegmentPool());
    const server = new RtmpServer({ ...deps, options, sources, flusher: new Flusher() });
    try {
      for (const { hostname, port } of options.listen) {
        server.#listeners.push(Deno.listen({ hostname, port, transport: "tcp" }));
      }
    } catch (error) {
      server.#stopListening();
      clearInterval(server.#sweeper);
      throw error;
    }
    for (const listener of server.#listeners) server.#accepting.push(server.#accept(listener));
    return server;
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): ListenAddress[] {
    return this.#listeners.map(({ addr: { hostname, port } }) => ({ hostname, port }));
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#stopListening();
    clearInterval(this.#sweeper);
    for (const { connection } of this.#connections.values()) {
      connection.end("shutdown", "The server is stopping");
    }
    await Promise.all([...this.#connections.values()].map(({ done }) => done));
    await Promise.all(this.#accepting);
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    while (!this.#draining) {
      let conn: Deno.TcpConn;
      try {
        conn = await listener.accept();
      } catch (error) {
        if (this.#draining) return;
        this.#house.log.write("error", undefined, "cannot accept a connection", { error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
        continue;
      }
      try {
        this.#serve(conn);
      } catch (error) {
        // One connection that cannot be served must not end the accepting of others.
        this.#house.log.write("error", undefined, "cannot serve a connection", { error: String(error) });
        conn.close();
      }
    }
  }

  #serve(conn: Deno.TcpConn): void {
    const { maxConnections } = this.#house.options;
    if (this.#draining || this.#connections.size >= maxConnections) {
      conn.close();
      this.#refused++;
      return;
    }
    const connection = new Connection(conn, this.#house);
    const done = connection.run().finally(() => this.#connections.delete(connection.clientId));
    this.#connections.set(connection.clientId, { connection, done });
  }

  #sweep(): void {
    const now = this.#house.environment.now();
    for (const { connection } of this.#connections.values()) connection.sweep(now);
    if (this.#refused > 0 && now - this.#refusedLoggedMs >= REFUSAL_LOG_MS) {
      this.#house.log.write("warn", undefined, "connections refused: max_connections is reached", {
        refused: this.#refused,
        max_connections: this.#house.options.maxConnections,
      });
      this.#refused = 0;
      this.#refusedLoggedMs = now;
    }
  }

  #stopListening(): void {
    for (const listener of this.#listeners) {
      try {
        listener.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    }
  }
}
