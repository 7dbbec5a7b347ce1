/**
 * The whole server of one thread in this process: RTMP and the server for players on ports that the system chose, with
 * scripted hooks and a log in memory.
 *
 * @module
 */
import { MediaNode } from "../../../app/media_node.ts";
import type { MediaCertificates } from "../../../app/media_server.ts";
import type { LogFields, LogLevel } from "../../../core/mod.ts";
import type { PlayerServerOptions } from "../../../http/options.ts";
import type { HttpRemuxOptions } from "../../../stream/admission/options.ts";
import { HookScript } from "../hooks/hook_script.ts";
import { testHlsState } from "../hls/hls_state.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import type { LoggedLine } from "../logged_line.ts";
import { SkippingClock } from "../manual_clock.ts";
import { type ConnectOptions, RtmpTestClient } from "../rtmp/rtmp_client.ts";
import { type HarnessOptions, testPlayerOptions, testRtmpOptions } from "../rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../rtmp/wire_environment.ts";
import { FlvClient, type FlvRequest } from "./flv_client.ts";
import { NO_RECORDINGS } from "../record/no_recordings.ts";

/** What a test changes. */
export interface PlayerHarnessOptions extends HarnessOptions {
  readonly http?: Partial<PlayerServerOptions>;
  readonly remux?: Partial<HttpRemuxOptions>;
  /** Of the listeners by TLS, on ports that the system chooses; none by default. */
  readonly certificates?: MediaCertificates;
}

const TLS_LISTEN = { enabled: true, listen: [{ hostname: "127.0.0.1", port: 0 }] };

/** A running server, its hooks and its clients. */
export class PlayerHarness implements AsyncDisposable {
  readonly clock: SkippingClock;
  readonly hooks = new HookScript();
  readonly log: LoggedLine[] = [];
  readonly #lines = new Inbox<LoggedLine>(PATIENCE_MS, ({ message }) => message);
  readonly #clients: AsyncDisposable[] = [];
  #node: MediaNode | undefined;
  #lastClientId = 0;

  private constructor() {
    this.clock = new SkippingClock();
  }

  /** Start a server. Media is flushed with the read that brought it, unless the test says otherwise. */
  static async start(
    { http, remux, certificates = {}, ...options }: PlayerHarnessOptions = {},
  ): Promise<PlayerHarness> {
    const harness = new PlayerHarness();
    const { clock } = harness;
    const rtmp = testRtmpOptions(options);
    const vhosts = [...rtmp.vhosts].map(([name, vhost]) =>
      [name, { ...vhost, httpRemux: { ...vhost.httpRemux, ...remux } }] as const
    );
    harness.#node = await MediaNode.listen(
      {
        rtmp: { ...rtmp, vhosts: new Map(vhosts), rtmps: { ...rtmp.rtmps, ...TLS_LISTEN } },
        http: testPlayerOptions({ https: { ...TLS_LISTEN, cert: "", key: "", http2: true }, ...http }),
      },
      {
        certificates,
        hooks: harness.hooks,
        log: {
          write: (level, clientId, message, fields) => harness.#write(level, clientId, message, fields),
          writePlain: () => {},
        },
        clientIds: { next: () => ++harness.#lastClientId },
        clock,
        environment: { ...realWireEnvironment(), now: () => clock.now() },
        hls: testHlsState(),
        recordings: NO_RECORDINGS,
      },
    );
    return harness;
  }

  /** The server. */
  get node(): MediaNode {
    if (this.#node === undefined) throw new Error("The server has not been started");
    return this.#node;
  }

  /** Where players are served. */
  get httpPort(): number {
    return this.node.addresses.http[0]?.port ?? 0;
  }

  /** An RTMP client that is past `connect`; it ends with the harness. */
  async client(options: Partial<ConnectOptions> = {}): Promise<RtmpTestClient> {
    const port = this.node.addresses.rtmp[0]?.port ?? 0;
    const client = await RtmpTestClient.connect({ port, ...options });
    this.#clients.push({ [Symbol.asyncDispose]: () => client.close() });
    return client;
  }

  /** A request, whether answered or not; its client ends with the harness. */
  async send(path: string, request: Partial<Omit<FlvRequest, "path">> = {}): Promise<FlvClient> {
    const client = await FlvClient.send({ port: this.httpPort, path, ...request });
    this.#clients.push(client);
    return client;
  }

  /** The oldest log line with this message that nobody has taken. */
  async logged(message: string): Promise<LoggedLine> {
    return await this.#lines.take((line) => line.message === message, message);
  }

  /** Clients leave, then the server stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client[Symbol.asyncDispose]()));
    await this.node.drain();
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
