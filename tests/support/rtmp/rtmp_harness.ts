/**
 * The RTMP server in this process, on a port that the system chose, with scripted hooks and a log in memory.
 *
 * ```ts
 * await using harness = RtmpHarness.start();
 * const publisher = await harness.client();
 * await publisher.publish("livestream");
 * ```
 *
 * @module
 */
import type { LoggedLine } from "../logged_line.ts";
import { loadConfig } from "../../../config/build/load_config.ts";
import type { PlayerServerOptions } from "../../../http/options.ts";
import type { ConnectionLimits, RtmpOptions } from "../../../rtmp/options.ts";
import type { PlayOptions, PublishOptions, VhostOptions } from "../../../stream/admission/options.ts";
import type { ActivityEvent, ListenAddress, LogFields, LogLevel } from "../../../core/mod.ts";
import { RtmpServer } from "../../../rtmp/server/server.ts";
import type { WireLimits } from "../../../rtmp/wire/limits.ts";
import { HookScript } from "../hooks/hook_script.ts";
import { SkippingClock } from "../manual_clock.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import { type ConnectOptions, RtmpTestClient } from "./rtmp_client.ts";
import { realWireEnvironment } from "./wire_environment.ts";

/** What a test changes of the default options. Times in milliseconds. */
export interface HarnessOptions {
  /** Of `__defaultVhost__`. */
  readonly vhost?: Partial<Omit<VhostOptions, "play" | "publish" | "name">>;
  readonly play?: Partial<PlayOptions>;
  readonly publish?: Partial<PublishOptions>;
  readonly limits?: Partial<ConnectionLimits>;
  readonly wireLimits?: Partial<WireLimits>;
  readonly maxConnections?: number;
  /** By default one that the system chooses, which is another test's as soon as it is free. */
  readonly port?: number;
  /** Where it listens, `127.0.0.1` by default. */
  readonly hostname?: string;
  /** Where a header of the PROXY protocol is required, nowhere by default. */
  readonly proxyListen?: readonly ListenAddress[];
  /** Nobody by default. */
  readonly trustedProxies?: readonly string[];
  /** Names of further vhosts, otherwise alike. */
  readonly vhosts?: readonly string[];
  /** Further vhosts that differ, by their names. */
  readonly otherVhosts?: ReadonlyMap<string, Pick<HarnessOptions, "vhost" | "play" | "publish">>;
}

/** A running server, its hooks and its clients. */
export class RtmpHarness implements AsyncDisposable {
  readonly clock: SkippingClock;
  readonly hooks = new HookScript();
  readonly log: LoggedLine[] = [];
  /** What those get who follow the server. */
  readonly events: ActivityEvent[] = [];
  readonly server: RtmpServer;
  readonly #clients: RtmpTestClient[] = [];
  readonly #lines = new Inbox<LoggedLine>(PATIENCE_MS, ({ message }) => message);
  #lastClientId = 0;

  private constructor(options: HarnessOptions) {
    const clock = this.clock = new SkippingClock();
    this.server = RtmpServer.listen(testRtmpOptions(options), {
      hooks: this.hooks,
      events: { emit: (event) => this.events.push(event) },
      log: { write: (level, clientId, message, fields) => this.#write(level, clientId, message, fields) },
      clientIds: { next: () => ++this.#lastClientId },
      clock,
      environment: { ...realWireEnvironment(), now: () => clock.now() },
    });
  }

  /** Start a server. Media is flushed with the read that brought it, unless the test says otherwise. */
  static start(options: HarnessOptions = {}): RtmpHarness {
    return new RtmpHarness(options);
  }

  /** Where it listens. */
  get port(): number {
    return this.server.addresses[0]?.port ?? 0;
  }

  /** A client that is past `connect`; it ends with the harness. Clients are numbered from 1. */
  async client(options: Partial<ConnectOptions> = {}): Promise<RtmpTestClient> {
    return this.keep(await RtmpTestClient.connect({ port: this.port, ...options }));
  }

  /** A client that is past the handshake. */
  async open(): Promise<RtmpTestClient> {
    return this.keep(await RtmpTestClient.open({ port: this.port }));
  }

  /** End a client with the harness. */
  keep(client: RtmpTestClient): RtmpTestClient {
    this.#clients.push(client);
    return client;
  }

  /** The oldest log line with this message that nobody has taken. */
  async logged(message: string): Promise<LoggedLine> {
    return await this.#lines.take((line) => line.message === message, message);
  }

  /** Clients leave, then the server stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.server.drain();
    const bugs = this.log.filter(({ level }) => level === "error");
    if (bugs.length > 0) throw new Error(`The server logged errors: ${JSON.stringify(bugs)}`);
    if (this.hooks.open > 0) throw new Error(`${this.hooks.open} sessions have no ending`);
  }

  #write(level: LogLevel, clientId: number | undefined, message: string, fields: LogFields = {}): void {
    const line = { level, clientId, message, fields };
    this.log.push(line);
    this.#lines.put(line);
  }
}

/** What is in force when nothing is configured. */
export function defaultRtmpOptions(): RtmpOptions {
  return loadConfig({ env: {}, version: "0.0.0", serverId: "vid-0123456" }).config.rtmp;
}

/** The server for players, on a port of loopback that the system chooses. */
export function testPlayerOptions(options: Partial<PlayerServerOptions> = {}): PlayerServerOptions {
  const { server } = loadConfig({ env: {}, version: "0.0.0", serverId: "vid-0123456" }).config.http;
  return { ...server, listen: [{ hostname: "127.0.0.1", port: 0 }], ...options };
}

/** The defaults on a port of loopback that the system chooses, with what the test changes. */
export function testRtmpOptions(options: HarnessOptions): RtmpOptions {
  const rtmp = defaultRtmpOptions();
  const base = rtmp.vhosts.get("__defaultVhost__");
  if (base === undefined) throw new Error("Cannot start: the configuration has no default vhost");
  const vhosts = [base.name, ...(options.vhosts ?? [])].map((name) => vhostOf({ ...base, name }, options));
  for (const [name, own] of options.otherVhosts ?? []) vhosts.push(vhostOf({ ...base, name }, own));
  return {
    ...rtmp,
    listen: [{ hostname: options.hostname ?? "127.0.0.1", port: options.port ?? 0 }],
    proxyListen: options.proxyListen ?? [],
    trustedProxies: options.trustedProxies ?? [],
    maxConnections: options.maxConnections ?? rtmp.maxConnections,
    vhosts: new Map(vhosts.map((vhost) => [vhost.name, vhost])),
    limits: { ...rtmp.limits, ...options.limits },
    wireLimits: { ...rtmp.wireLimits, ...options.wireLimits },
  };
}

function vhostOf(base: VhostOptions, { vhost, play, publish }: HarnessOptions): VhostOptions {
  return {
    ...base,
    minLatency: true,
    ...vhost,
    play: { ...base.play, ...play },
    publish: { ...base.publish, ...publish },
  };
}
