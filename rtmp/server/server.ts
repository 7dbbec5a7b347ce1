/**
 * The RTMP server: listeners, and one loop per connection.
 *
 * @module
 */
import { AcceptLoop, describe, LimitCounters, SharedCounters } from "../../system/mod.ts";
import { acceptEvents } from "./accept_events.ts";
import {
  AccessControl,
  KickHolds,
  LocalNames,
  LocalStreams,
  type NameRegistry,
  SecretNames,
  type StreamDirectory,
} from "../../stream/admission/mod.ts";
import { Connection } from "./connection.ts";
import { type ConnectionCount, ConnectionLimiter, LocalConnectionCount } from "./connection_limiter.ts";
import { FlushScheduler, JoinDelay, MacrotaskQueue } from "../../stream/schedule/mod.ts";
import {
  canonicalIp,
  type ClientIds,
  type Clock,
  type Hooks,
  type LimitName,
  type Limits,
  type ListenAddress,
  type Log,
  type Timer,
} from "../../core/mod.ts";
import {
  addUsage,
  type Member,
  NO_USAGE,
  type PublisherHandle,
  SegmentPool,
  type ServerSnapshot,
  Sources,
  type SourceTools,
  SwapRemoveList,
} from "../../stream/live/mod.ts";
import type { RtmpOptions } from "../options.ts";
import type { House } from "./peer.ts";
import type { KickOptions, MediaServer } from "../ports.ts";
import { serverData } from "./server_data.ts";
import type { WireEnvironment } from "../wire/mod.ts";

/** How often deadlines are looked at, milliseconds. */
const SWEEP_MS = 1000;
const SALT_BYTES = 16;
const ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** What the server needs of the house. */
export interface RtmpServerDeps {
  /** Asked about everything that can be refused. */
  readonly hooks: Hooks;
  /** Told what happened. */
  readonly log: Log;
  /** Numbers connections. */
  readonly clientIds: ClientIds;
  /** Of all deadlines and timers. */
  readonly clock: Clock;
  /** The same clock, chance and crypto for the pure rooms. */
  readonly environment: WireEnvironment;
  /**
   * What a thread among several needs beside; absent: it is the only one.
   *
   * @internal
   */
  readonly thread?: ThreadDeps;
}

/** What a media thread shares with the others. */
export interface ThreadDeps {
  readonly names: NameRegistry;
  readonly streams: StreamDirectory;
  /** Names that are kept from an address after a kick. */
  readonly holds: KickHolds;
  /** Which requested names the log may not have. */
  readonly secretNames: SecretNames;
  /** Makes the memory of stream logs, such as other threads can read. */
  readonly pool: SegmentPool;
  /** Secret of the process, for ids that all threads give alike. */
  readonly salt: Uint8Array;
  /** Connections of all threads. */
  readonly connections: ConnectionCount;
  /** What the limits count, over all threads: `COUNT_CELLS` of them. */
  readonly countCells: Int32Array<ArrayBufferLike>;
  /** Wrong keys by address, over all threads: `GUESS_CELLS` of them. */
  readonly guessCells: BigUint64Array<ArrayBufferLike>;
  /** Hits of the limits over all threads: `LIMIT_CELLS` of them. */
  readonly limitCells: Int32Array<ArrayBufferLike>;
}

/** One of the server's connections. */
interface OpenConnection extends Member {
  readonly connection: Connection;
  /** Settles when it is gone and all its endings are recorded. */
  done: Promise<void>;
}

/** A listening RTMP server. */
export class RtmpServer implements MediaServer {
  readonly #house: House;
  readonly #limiter: ConnectionLimiter;
  readonly #listeners: AcceptLoop[] = [];
  readonly #connections = new SwapRemoveList<OpenConnection>();
  readonly #sweeper: Timer;
  #sweptMs: number;
  #hasSpared = false;
  #draining = false;
  #accepted = 0;
  /** Of connections that are gone. */
  #pastUsage = NO_USAGE;

  private constructor(house: House, count: ConnectionCount) {
    this.#house = house;
    this.#limiter = new ConnectionLimiter(house.options, house, count);
    this.#sweptMs = house.environment.now();
    this.#sweeper = house.clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /**
   * Listen on all configured addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(options: RtmpOptions, deps: RtmpServerDeps): RtmpServer {
    const server = new RtmpServer(
      furnish(options, deps),
      deps.thread?.connections ?? new LocalConnectionCount(),
    );
    const reusePort = deps.thread !== undefined;
    const events = acceptEvents(server.#house, (conn) => server.#serve(conn));
    try {
      for (const { hostname, port } of options.listen) {
        server.#listeners.push(AcceptLoop.listen({ hostname, port, reusePort }, events, deps.clock));
      }
    } catch (error) {
      for (const listener of server.#listeners) void listener.stop();
      server.#sweeper.clear();
      throw error;
    }
    return server;
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): ListenAddress[] {
    return this.#listeners.map(({ address }) => address);
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** What clients ran into, over all threads. */
  get limits(): Limits {
    return this.#house.limits;
  }

  /** How often clients ran into each limit since the start. */
  limitCounts(): Readonly<Record<LimitName, number>> {
    return this.#house.limits.counts();
  }

  /** Streams that somebody publishes or plays now, or is about to. */
  get sourceCount(): number {
    return this.#house.sources.size;
  }

  /** Who has the name of this key here, if anybody. */
  publisherOf(key: string): PublisherHandle | undefined {
    return this.#house.sources.get(key)?.holder;
  }

  /** What there is at this moment. */
  snapshot(): Promise<ServerSnapshot> {
    const now = this.#house.environment.now();
    const all = Array.from(this.#connections, ({ connection }) => connection)
      .sort((a, b) => a.clientId - b.clientId);
    return Promise.resolve({
      clients: all.map((connection) => connection.snapshot(now)).filter((client) => client !== undefined),
      connections: all.length,
      accepted: this.#accepted,
      usage: all.reduce((sum, connection) => addUsage(sum, connection.usage()), this.#pastUsage),
    });
  }

  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    const open = [...this.#connections].find(({ connection }) => connection.clientId === clientId);
    open?.connection.kick(options);
    return Promise.resolve(open !== undefined);
  }

  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  async drain(): Promise<void> {
    this.#draining = true;
    const stopped = this.#listeners.map((listener) => listener.stop());
    this.#sweeper.clear();
    for (const { connection } of this.#connections) {
      connection.end("shutdown", "The server is stopping");
    }
    await Promise.all([...this.#connections].map(({ done }) => done));
    await Promise.all(stopped);
    this.#house.turns.close();
    this.#house.joinDelay.close();
  }

  #serve(conn: Deno.TcpConn): void {
    const leave = this.#draining ? undefined : this.#limiter.admit(canonicalIp(conn.remoteAddr.hostname));
    if (leave === undefined) return conn.close();
    const connection = this.#connect(conn, leave);
    this.#accepted++;
    const open: OpenConnection = { connection, done: Promise.resolve(), index: -1 };
    this.#connections.add(open);
    open.done = connection.run().catch((error) => this.#tellBug(connection, error)).finally(() => {
      this.#pastUsage = addUsage(this.#pastUsage, connection.usage());
      this.#connections.delete(open);
      leave();
    });
  }

  #connect(conn: Deno.TcpConn, leave: () => void): Connection {
    try {
      return new Connection(conn, this.#house);
    } catch (error) {
      leave();
      throw error;
    }
  }

  #sweep(): void {
    const now = this.#house.environment.now();
    // Where this process or its machine stood still, what clients sent meanwhile has not been read yet: look again
    // when it has, but do not wait for ever.
    this.#hasSpared = !this.#hasSpared && now - this.#sweptMs > 2 * SWEEP_MS;
    this.#sweptMs = now;
    if (this.#hasSpared) return;
    for (const { connection } of this.#connections) {
      try {
        connection.sweep(now);
      } catch (error) {
        // What is wrong with one connection must not keep the others from being looked at.
        this.#tellBug(connection, error);
        connection.end("protocol", "Internal error");
      }
    }
    for (const source of this.#house.sources) source.releaseIdleMemory();
    this.#house.limits.sweep();
  }

  #tellBug(connection: Connection, error: unknown): void {
    const message = "bug: a connection failed in an unexpected way";
    this.#house.log.write("error", connection.clientId, message, { error: describe(error) });
  }
}

function furnish(options: RtmpOptions, deps: RtmpServerDeps): House {
  const { clock, environment, thread } = deps;
  const streams = thread?.streams ?? new LocalStreams();
  const salt = thread?.salt ?? environment.random(SALT_BYTES);
  const encoder = new TextEncoder();
  const hash = (name: string): Uint8Array => environment.hmacSha256(salt, encoder.encode(name));
  const streamId = (key: string): string => streamIdOf(hash(key));
  const limits = new LimitCounters(deps.log, () => clock.processNow(), thread?.limitCells);
  const turns = new MacrotaskQueue();
  const joinDelay = new JoinDelay(clock);
  const secretNames = thread?.secretNames ?? new SecretNames();
  const tools: SourceTools = {
    pool: thread?.pool ?? new SegmentPool(),
    nextTurn: (task) => turns.add(task),
    joinDelay,
  };
  return {
    ...deps,
    options,
    turns,
    joinDelay,
    serverData: serverData(options),
    sources: new Sources(streamId, tools, streams),
    streams,
    names: thread?.names ?? new LocalNames(),
    flusher: new FlushScheduler(clock),
    limits,
    holds: thread?.holds ?? new KickHolds(environment.now),
    counts: new SharedCounters(hash, thread?.countCells),
    access: new AccessControl(options, {
      environment: {
        unixMs: () => clock.wallNow(),
        random: (length) => environment.random(length),
        hmacSha256: (key, data) => environment.hmacSha256(key, data),
      },
      clock,
      guesses: { hash, ...(thread === undefined ? {} : { cells: thread.guessCells }) },
      limits,
      secretNames,
    }),
    secretNames,
  };
}

/** `vid-` and 7 characters. */
function streamIdOf(digest: Uint8Array): string {
  const letters = Array.from(digest.subarray(0, 7), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]);
  return `vid-${letters.join("")}`;
}
