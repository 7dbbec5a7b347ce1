/**
 * A server that browsers can watch: HTTP for players and the API on loopback, all hooks at a scripted service.
 *
 * @module
 */
import { HookReceiver } from "../hooks/hook_receiver.ts";
import { ServerProcess } from "../process/server_process.ts";

const RTMP = `listen = "127.0.0.1:0"
`;

const NO_OUTBOX = `[hooks.outbox]
path = ""
`;

const TOML = `[http_api]
listen = "127.0.0.1:0"
[http_server]
listen = "127.0.0.1:0"
[vhost.__defaultVhost__.http_hooks]
enabled = true
`;

const MOUNTS = JSON.stringify(
  ["flv", "ts", "mp3", "aac"].map((extension) => `[vhost]/[app]/[stream].${extension}`),
);

/** What is served besides the defaults, in TOML. */
export interface WatchedOptions {
  /** Whether there is FLV by HTTP. */
  readonly httpRemux?: boolean;
  /** Keys of the vhost's `hls`. */
  readonly hls?: string;
  /** Whether each request by HTTP is a line of the log. */
  readonly accessLog?: boolean;
  /** Whether endings that are owed outlive the process. */
  readonly keepsEndings?: boolean;
}

const HTTP_LINE = /Listening for players by HTTP address=\S+:(\d+)$/;
const API_LINE = /Listening for the API address=\S+:(\d+)$/;

/** The server and its service. */
export class WatchedServer implements AsyncDisposable {
  readonly receiver: HookReceiver;
  readonly #directory: string;
  readonly #toml: string;
  #server: ServerProcess;
  readonly #httpPort: string;
  readonly #apiPort: string;

  private constructor(
    server: ServerProcess,
    receiver: HookReceiver,
    toml: string,
    ports: readonly [string, string],
  ) {
    this.#server = server;
    this.receiver = receiver;
    this.#directory = server.directory;
    this.#toml = toml;
    [this.#httpPort, this.#apiPort] = ports;
  }

  /** The process that runs. */
  get server(): ServerProcess {
    return this.#server;
  }

  /** Start both; the service accepts everything. */
  static async start(
    { httpRemux = true, hls = "", accessLog = false, keepsEndings = false }: WatchedOptions = {},
  ): Promise<WatchedServer> {
    const receiver = await HookReceiver.start();
    const hooks = ["on_publish", "on_play", "on_stop"].map((event) => `${event} = "${receiver.url()}"`);
    const base = TOML.replace("[http_server]\n", `$&access_log = "${accessLog ? "log" : "off"}"\n`);
    const outbox = keepsEndings ? "" : NO_OUTBOX;
    const media = [
      `[vhost.__defaultVhost__.http_remux]\nenabled = ${httpRemux}\nmount = ${MOUNTS}`,
      `[vhost.__defaultVhost__.hls]\n${hls}`,
    ];
    const toml = RTMP + outbox + base + [...hooks, ...media].join("\n");
    const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
    const server = await ServerProcess.start({ toml, directory });
    const http = HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1] ?? "";
    const api = API_LINE.exec(await server.waitForLine(API_LINE))?.[1] ?? "";
    return new WatchedServer(server, receiver, toml, [http, api]);
  }

  /** Kill it as a crash does, and start it again on the same ports, at once or after so many milliseconds. */
  async restart(afterMs = 0): Promise<void> {
    const ports = [`${this.#server.port}`, this.#apiPort, this.#httpPort];
    const toml = this.#toml.replaceAll(/(?<=127\.0\.0\.1:)0(?=")/g, () => ports.shift() ?? "0");
    await this.#server.kill();
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    this.#server = await ServerProcess.start({ toml, directory: this.#directory });
    await this.#server.waitForLine(HTTP_LINE);
  }

  /** The address of a page. */
  pageUrl(pathAndQuery = "live/livestream"): string {
    return `http://127.0.0.1:${this.#httpPort}/${pathAndQuery}`;
  }

  /** End all players, as an operator does. */
  async kickPlayers(): Promise<void> {
    const api = `http://127.0.0.1:${this.#apiPort}/api/v1/clients`;
    const { clients }: { clients: { id: string; publish: boolean }[] } = await (await fetch(api)).json();
    for (const { id, publish } of clients) {
      if (publish) continue;
      const response = await fetch(`${api}/${id}`, { method: "DELETE" });
      await response.body?.cancel();
    }
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.receiver.stop();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
