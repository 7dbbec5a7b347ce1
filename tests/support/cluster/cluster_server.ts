/**
 * A server of a cluster in this process: RTMP, and what it takes from other servers and brings to them. Hooks are
 * scripted, the log is in memory.
 *
 * @module
 */
import { Cluster } from "../../../cluster/cluster.ts";
import { AddressGuard, type GuardSystem } from "../../../cluster/link/address_guard.ts";
import { type Dial, systemDial } from "../../../cluster/link/dial.ts";
import { SYSTEM_ADDRESSES } from "../../../cluster/link/guard_system.ts";
import type { LogFields, LogLevel } from "../../../core/mod.ts";
import { RtmpServer } from "../../../rtmp/server/server.ts";
import { createMediaContext, type MediaContext } from "../../../stream/admission/media_context.ts";
import type { ClusterOptions, HostClusterOptions, PullOptions } from "../../../stream/admission/options.ts";
import type { ClientSnapshot } from "../../../stream/live/snapshot.ts";
import { HookScript } from "../hooks/hook_script.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import type { LoggedLine } from "../logged_line.ts";
import { SkippingClock } from "../manual_clock.ts";
import { type ConnectOptions, RtmpTestClient } from "../rtmp/rtmp_client.ts";
import { type HarnessOptions, testRtmpOptions } from "../rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../rtmp/wire_environment.ts";
import { clientsNow } from "../stream/clients_now.ts";

/** What a test says of a server. */
export interface ClusterServerOptions extends HarnessOptions {
  /** How it names itself. */
  readonly id: string;
  /** It is an edge of the servers at these ports of loopback. */
  readonly origins?: readonly number[];
  /** Further options of its vhost. */
  readonly cluster?: Partial<ClusterOptions>;
  /** Of the host. */
  readonly host?: Partial<HostClusterOptions>;
  /** Streams of other servers that its vhost names. */
  readonly pulls?: readonly PullOptions[];
  /** What names lead to; absent: what the system says. */
  readonly names?: GuardSystem["resolve"];
  /** A certain port, as a server that returns. */
  readonly port?: number;
  /** So many of the first connections that it opens are reset before their first answer. */
  readonly resets?: number;
}

/** One server. */
export class ClusterServer implements AsyncDisposable {
  readonly hooks = new HookScript();
  readonly clock: SkippingClock;
  readonly log: LoggedLine[] = [];
  readonly media: MediaContext;
  /** Sockets that it opened to other servers. */
  dialled = 0;
  readonly cluster: Cluster;
  readonly #server: RtmpServer;
  readonly #lines = new Inbox<LoggedLine>(PATIENCE_MS, ({ message }) => message);
  readonly #clients: RtmpTestClient[] = [];
  #lastClientId = 0;
  #stopped = false;

  private constructor(options: ClusterServerOptions) {
    const clock = this.clock = new SkippingClock();
    const environment = { ...realWireEnvironment(), now: () => clock.now() };
    const deps = {
      hooks: this.hooks,
      log: {
        write: (level: LogLevel, clientId: number | undefined, message: string, fields: LogFields = {}) => {
          const line = { level, clientId, message, fields };
          this.log.push(line);
          this.#lines.put(line);
        },
      },
      clientIds: { next: () => ++this.#lastClientId },
      clock,
      environment,
    };
    const rtmp = optionsOf(options);
    this.media = createMediaContext(rtmp, deps);
    const addresses = {
      ...SYSTEM_ADDRESSES,
      ...(options.names === undefined ? {} : { resolve: options.names }),
    };
    const open = systemDial(clock, new AddressGuard(rtmp.cluster.relayAllow, addresses));
    const { resets = 0 } = options;
    const dial: Dial = async (endpoint, how) => {
      const isReset = ++this.dialled <= resets;
      const socket = await open(endpoint, how);
      const read = () => Promise.reject(new Deno.errors.ConnectionReset("Connection reset by peer"));
      return isReset ? { ...socket, read } : socket;
    };
    this.cluster = new Cluster({ media: this.media, environment, dial, addresses });
    this.#server = RtmpServer.listen(rtmp, { ...deps, media: this.media });
  }

  /** Start one. */
  static start(options: ClusterServerOptions): ClusterServer {
    return new ClusterServer(options);
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addresses[0]?.port ?? 0;
  }

  /** What the API would show. */
  get clients(): readonly ClientSnapshot[] {
    return clientsNow(this.media.clients).clients;
  }

  /** A client that is past `connect`; it ends with the server. */
  async client(options: Partial<ConnectOptions> = {}): Promise<RtmpTestClient> {
    const client = await RtmpTestClient.connect({ port: this.port, ...options });
    this.#clients.push(client);
    return client;
  }

  /** The oldest log line with this message that nobody has taken. */
  async logged(message: string): Promise<LoggedLine> {
    return await this.#lines.take((line) => line.message === message, message);
  }

  /** Its clients leave, and it stops. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    const relaysEnded = this.cluster.stop();
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#server.drain();
    await relaysEnded;
    const bugs = this.log.filter(({ level }) => level === "error");
    if (bugs.length > 0) throw new Error(`The server logged errors: ${JSON.stringify(bugs)}`);
    if (this.hooks.open > 0) throw new Error(`${this.hooks.open} sessions have no ending`);
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function optionsOf({ id, origins, cluster, host, pulls, port = 0, ...harness }: ClusterServerOptions) {
  const rtmp = testRtmpOptions(harness);
  const remote = origins === undefined
    ? {}
    : { mode: "remote" as const, origins: origins.map((own) => `rtmp://127.0.0.1:${own}`) };
  const vhosts = [...rtmp.vhosts.values()].map((vhost) => ({
    ...vhost,
    cluster: { ...vhost.cluster, ...remote, ...cluster },
    pulls: pulls ?? [],
  }));
  return {
    ...rtmp,
    serverId: id,
    listen: [{ hostname: "127.0.0.1", port }],
    vhosts: new Map(vhosts.map((vhost) => [vhost.name, vhost])),
    cluster: { ...rtmp.cluster, ...host },
  };
}
