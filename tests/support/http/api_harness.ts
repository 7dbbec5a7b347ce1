/**
 * The API over a media server of a test, on a port that the system chose.
 *
 * @module
 */
import type { CertificateFacts, Clock, ListenAddress } from "../../../core/mod.ts";
import type { ApiAuthOptions, HttpLimits } from "../../../http/options.ts";
import { SystemClock } from "../../../system/mod.ts";
import { EventFeed } from "../../../http/events/event_feed.ts";
import { MetricsPage } from "../../../http/metrics/metrics_page.ts";
import { SessionTally } from "../../../http/metrics/session_tally.ts";
import { ApiServer, type ApiServerOptions } from "../../../http/api/api_server.ts";
import type { ApiDeps, ApiLog, Media } from "../../../http/ports.ts";
import { LogThreshold } from "../../../system/log/log_threshold.ts";
import { maskSecrets } from "../../../system/log/mask.ts";
import { assert } from "../assert.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../stream/media.ts";
import { TEST_KERNEL, TEST_PROCESS } from "./test_process.ts";
import { RtmpHarness } from "../rtmp/rtmp_harness.ts";

const TEST_CERTIFICATE: CertificateFacts = {
  ...{ listener: "rtmps", file: "cert.pem", subject: "CN=tv.example.com", problem: "Cannot read cert.pem" },
  ...{ notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2026, 3, 1), loadedMs: Date.UTC(2026, 0, 2) },
};

export { TEST_KERNEL, TEST_PROCESS } from "./test_process.ts";

/** What a test changes. */
export interface ApiHarnessOptions extends
  Partial<
    Pick<
      ApiDeps,
      | "hooks"
      | "vhosts"
      | "bans"
      | "events"
      | "readiness"
      | "logThreshold"
      | "hookRows"
      | "recordings"
      | "forward"
      | "pull"
      | "tryHook"
      | "reload"
      | "players"
      | "playersTls"
      | "drain"
    >
  > {
  /** As in the configuration. */
  readonly hosts?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
  readonly auth?: Partial<ApiAuthOptions>;
  readonly crossdomain?: boolean;
  /** A port of loopback that the system chooses by default. */
  readonly listen?: readonly ListenAddress[];
  readonly clock?: Clock;
}

/** JSON as a test reads it. */
export type Body = Readonly<Record<string, unknown>>;

/** A running API. */
export class ApiHarness implements AsyncDisposable {
  /** What it logged: level, client and message. */
  readonly lines: readonly Parameters<ApiLog["write"]>[];
  /** Limits that clients ran into, in their order. */
  readonly hits: readonly string[];
  readonly #server: ApiServer;
  readonly #options: ApiServerOptions;

  private constructor(
    server: ApiServer,
    options: ApiServerOptions,
    lines: readonly Parameters<ApiLog["write"]>[],
    hits: readonly string[],
  ) {
    this.hits = hits;
    this.#server = server;
    this.#options = options;
    this.lines = lines;
  }

  /** Start it over `media`. */
  static start(media: Media, options: ApiHarnessOptions = {}): Promise<ApiHarness> {
    const {
      hosts = [],
      vhosts = [{ name: "__defaultVhost__", enabled: true, hlsFragmentMs: 2000 }],
      hooks = NO_HOOKS,
    } = options;
    const { crossdomain = false } = options;
    const auth = { tokens: [], maxFailures: 10, ...options.auth };
    const lines: Parameters<ApiLog["write"]>[] = [];
    const limits = { maxConnections: 100, headTimeoutMs: 10_000, idleTimeoutMs: 60_000, ...options.limits };
    const listen = options.listen ?? [{ hostname: "127.0.0.1", port: 0 }];
    const hits: string[] = [];
    const clock = options.clock ?? new SystemClock();
    const identity = { version: "1.2.3", serverId: "vid-0123456", serviceId: "abcdefgh", pid: 7 };
    const process = TEST_PROCESS;
    const mask = maskSecrets;
    const events = options.events ?? new EventFeed(100, { clock, serviceId: identity.serviceId, mask });
    const serverOptions = { listen, hosts, limits, auth, crossdomain };
    const server = ApiServer.listen(serverOptions, {
      clock,
      limits: {
        hit: (limit) => hits.push(limit),
        count: (limit) => hits.push(`${limit} without a line`),
        acceptFailed: (fault) => hits.push(fault),
      },
      media,
      settings: [{ vhost: undefined, key: "listen", value: "1935", masked: false, origin: "default" }],
      bans: options.bans ?? NO_BANS,
      hooks,
      tryHook: options.tryHook ?? (() => Promise.resolve([])),
      players: options.players ?? [],
      playersTls: options.playersTls ?? [],
      hookRows: options.hookRows ?? NO_ROWS,
      recordings: options.recordings ?? NO_RECORDINGS,
      forward: options.forward ?? (() => Promise.resolve({ kind: "none" })),
      pull: options.pull ?? (() => Promise.resolve({ kind: "unknown" })),
      vhosts,
      reload: options.reload ?? (() => Promise.resolve({ kind: "reloaded", changed: [], restart: [] })),
      identity,
      certificates: () => [TEST_CERTIFICATE],
      process,
      events,
      followers: events,
      metrics: new MetricsPage({ label: "", tag: "", maxStreams: 1000 }, {
        ...{ media, hooks, identity, process, mask },
        certificates: () => [],
        sessions: new SessionTally(),
        kernel: TEST_KERNEL,
      }),
      drain: options.drain ?? { facts: () => undefined, start: () => {} },
      readiness: options.readiness ?? (() => ({ listening: true, outbox: true, draining: false })),
      log: { write: (...line) => lines.push(line) },
      logThreshold: options.logThreshold ?? LogThreshold.at("trace"),
      configuredLogLevel: "trace",
      mask,
    });
    return Promise.resolve(new ApiHarness(server, serverOptions, lines, hits));
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addresses[0]?.port ?? 0;
  }

  /** The reply to a request below `/api/v1/`. */
  async json(path: string, init: RequestInit = {}): Promise<Body> {
    const reply = await fetch(`${this.url}/api/v1/${path}`, init);
    return asBody(await reply.json());
  }

  /** One of the lists, `clients` and its like. */
  async list(path: string): Promise<readonly Body[]> {
    const body = await this.json(path);
    const [name = ""] = path.split("?");
    const list = body[name];
    assert(Array.isArray(list), `no list in ${JSON.stringify(body)}`);
    return list.map(asBody);
  }

  /** The code that a DELETE of a client gets. */
  async kick(id: string | number, query = ""): Promise<unknown> {
    return (await this.json(`clients/${id}${query}`, { method: "DELETE" }))["code"];
  }

  /** A request by its very bytes, for headers that `fetch` does not let through; the status line's code. */
  async raw(lines: readonly string[]): Promise<number> {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await conn.write(new TextEncoder().encode([...lines, "Connection: close", "", ""].join("\r\n")));
    let text = "";
    for await (const part of conn.readable.pipeThrough(new TextDecoderStream())) text += part;
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
  }

  /** These may call from here on, as after a reload. */
  replaceTokens(tokens: ApiAuthOptions["tokens"]): void {
    const { auth } = this.#options;
    this.#server.replaceOptions({ ...this.#options, auth: { ...auth, tokens } });
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#server.connectionCount;
  }

  /** Closes it; the media server is the test's own. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

/** A publisher, client 1, with a key frame and secrets in its addresses, and a player, client 2, before an API. */
export async function withStream(
  run: (api: ApiHarness, harness: RtmpHarness) => Promise<void>,
): Promise<void> {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const publisher = await harness.client({
    tcUrl: "rtmp://127.0.0.1/live?token=hello",
    extras: { pageUrl: "http://page/?key=hello&x=1", swfUrl: "http://page/p.swf" },
  });
  await publisher.publish("livestream?secret=hello");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await publisher.sendAudio(aacSequenceHeader(), 0);
  await publisher.sendAudio(aacFrame(), 0);
  const player = await harness.client();
  await player.play("livestream");
  await run(api, harness);
}

/** Nobody can be banned. */
export const NO_BANS: ApiDeps["bans"] = { list: () => [], add: () => undefined, remove: () => NONE };
const NONE = false;

/** Nothing is owed. */
const NO_ROWS: ApiDeps["hookRows"] = {
  list: () => Promise.resolve([]),
  replay: () => Promise.resolve(NONE),
  drop: () => Promise.resolve(NONE),
};

/** Nothing is recorded. */
const NO_RECORDINGS: ApiDeps["recordings"] = {
  list: () => Promise.resolve({ total: 0, entries: [] }),
  get: () => Promise.resolve(undefined),
  record: () => Promise.resolve({ kind: "none" }),
  remove: () => Promise.resolve(),
  fileInfo: () => Promise.resolve(undefined),
};

/** No hooks at all. */
export const NO_HOOKS: ApiDeps["hooks"] = {
  calls: () => [],
  snapshot: () => ({
    serviceId: "abcdefgh",
    endpoints: [],
    origins: [],
    accessLog: "off",
    player: true,
    dir: "",
    outbox: {
      path: "",
      alarm: undefined,
      open: 0,
      undelivered: 0,
      undeliveredBytes: 0,
      oldestMs: 0,
      dead: 0,
    },
  }),
};

/** An object that a reply holds. */
export function asBody(value: unknown): Body {
  assert(typeof value === "object" && value !== null, `no object: ${JSON.stringify(value)}`);
  return Object.fromEntries(Object.entries(value));
}
