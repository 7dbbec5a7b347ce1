/**
 * The RTMP server on several threads, on a port that the system chose, with scripted hooks and a log in memory.
 *
 * The system spreads connections over the threads; which one serves a client is seen by its number, for each thread
 * gives out numbers of its own.
 *
 * @module
 */
import { FIRST_IDS } from "../../../app/threads/thread_gateway.ts";
import type { ActivityEvent } from "../../../core/mod.ts";
import { testHlsState } from "../hls/hls_state.ts";
import type { LoggedLine } from "../logged_line.ts";
import { ThreadedServer } from "../../../app/threads/threaded_server.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { HookScript } from "../hooks/hook_script.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import { type HarnessOptions, testPlayerOptions, testRtmpOptions } from "./rtmp_harness.ts";
import { type ConnectOptions, RtmpTestClient } from "./rtmp_client.ts";
import { realWireEnvironment } from "./wire_environment.ts";
import { NO_RECORDINGS } from "../record/no_recordings.ts";
import { LogThreshold } from "../../../system/log/log_threshold.ts";

/** Numbers that each thread gets at its start. */
const IDS_PER_THREAD = FIRST_IDS;
/** Connections that are tried to reach a certain thread: all on others is less likely than a broken machine. */
const MAX_TRIES = 200;

/** What a test changes. */
export interface ThreadedHarnessOptions extends HarnessOptions {
  readonly threads: number;
  /** Connections of players by HTTP, 1,000 by default. */
  readonly maxPlayers?: number;
  /** The default vhost's asks go to the hooks: `true` by default. */
  readonly hooked?: boolean;
}

/** A client, and the thread that serves it. */
export interface ThreadedClient {
  readonly client: RtmpTestClient;
  readonly clientId: number;
  readonly thread: number;
}

/** A running server on several threads, its hooks and its clients. */
export class ThreadedHarness implements AsyncDisposable {
  readonly hooks: HookScript;
  readonly log: LoggedLine[];
  /** What those get who follow the server. */
  readonly events: ActivityEvent[];
  readonly server: ThreadedServer;
  readonly threads: number;
  readonly #lines: Inbox<LoggedLine>;
  readonly #clients: RtmpTestClient[] = [];

  private constructor(
    server: ThreadedServer,
    parts: {
      hooks: HookScript;
      log: LoggedLine[];
      events: ActivityEvent[];
      lines: Inbox<LoggedLine>;
      threads: number;
    },
  ) {
    this.server = server;
    this.hooks = parts.hooks;
    this.log = parts.log;
    this.events = parts.events;
    this.threads = parts.threads;
    this.#lines = parts.lines;
  }

  /** Start a server on `threads` threads. */
  static async start(options: ThreadedHarnessOptions): Promise<ThreadedHarness> {
    const { threads, hooked = true, maxPlayers = 1000 } = options;
    const limits = { maxConnections: maxPlayers, headTimeoutMs: 10_000, idleTimeoutMs: 60_000 };
    const hooks = new HookScript();
    const log: LoggedLine[] = [];
    const events: ActivityEvent[] = [];
    const lines = new Inbox<LoggedLine>(PATIENCE_MS, ({ message }) => message);
    let lastClientId = 0;
    const server = await ThreadedServer.listen(
      { rtmp: testRtmpOptions(options), http: testPlayerOptions({ limits }) },
      {
        hooks,
        events: { emit: (event) => events.push(event) },
        log: {
          write: (level, clientId, message, fields = {}) => {
            const line = { level, clientId, message, fields };
            log.push(line);
            lines.put(line);
          },
          writePlain: () => {},
        },
        clientIds: { next: () => ++lastClientId },
        threads,
        logThreshold: LogThreshold.at("trace"),
        hookedVhosts: hooked ? ["__defaultVhost__"] : [],
        clock: new SystemClock(),
        hls: testHlsState(),
        recordings: NO_RECORDINGS,
        random: (length) => realWireEnvironment().random(length),
      },
    );
    return new ThreadedHarness(server, { hooks, log, events, lines, threads });
  }

  /** Where it listens. */
  get port(): number {
    return this.server.addresses.rtmp[0]?.port ?? 0;
  }

  /** A client that is past `connect`, on whatever thread; it ends with the harness. */
  async client(options: Partial<ConnectOptions> = {}): Promise<ThreadedClient> {
    const client = await RtmpTestClient.connect({ port: this.port, ...options });
    this.#clients.push(client);
    const { clientId = 0 } = await this.logged("Connect accepted");
    return { client, clientId, thread: Math.floor((clientId - 1) / IDS_PER_THREAD) };
  }

  /** A client that a certain thread serves. */
  async clientOn(thread: number, options: Partial<ConnectOptions> = {}): Promise<RtmpTestClient> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const found = await this.client(options);
      if (found.thread === thread) return found.client;
      await found.client.close();
    }
    throw new Error(`Cannot reach thread ${thread} in ${MAX_TRIES} connections`);
  }

  /** A client on each thread, in their order. */
  async clientsOnAll(options: Partial<ConnectOptions> = {}): Promise<RtmpTestClient[]> {
    const clients: RtmpTestClient[] = [];
    for (let thread = 0; thread < this.threads; thread++) clients.push(await this.clientOn(thread, options));
    return clients;
  }

  /** The oldest log line with this message that nobody has taken. */
  async logged(message: string): Promise<LoggedLine> {
    return await this.#lines.take((line) => line.message === message, message);
  }

  /** Clients leave, then the server stops; nothing may be left. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.server.drain();
    const bugs = this.log.filter(({ level }) => level === "error");
    if (bugs.length > 0) throw new Error(`The server logged errors: ${JSON.stringify(bugs)}`);
    if (this.hooks.open > 0) throw new Error(`${this.hooks.open} sessions have no ending`);
    if (this.server.connectionCount !== 0) throw new Error(`${this.server.connectionCount} are connected`);
  }
}
