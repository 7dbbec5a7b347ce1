/**
 * A server that browsers can watch: HTTP for players and the API on loopback, all hooks at a scripted service.
 *
 * @module
 */
import { HookReceiver } from "../hooks/hook_receiver.ts";
import { ServerProcess } from "../process/server_process.ts";

const TOML = `listen = "127.0.0.1:0"
[http_api]
listen = "127.0.0.1:0"
[http_server]
listen = "127.0.0.1:0"
[hooks.outbox]
path = ""
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
}

const HTTP_LINE = /Listening for players by HTTP address=\S+:(\d+)$/;
const API_LINE = /Listening for the API address=\S+:(\d+)$/;

/** The server and its service. */
export class WatchedServer implements AsyncDisposable {
  readonly server: ServerProcess;
  readonly receiver: HookReceiver;
  readonly #httpPort: string;
  readonly #apiPort: string;

  private constructor(server: ServerProcess, receiver: HookReceiver, ports: readonly [string, string]) {
    this.server = server;
    this.receiver = receiver;
    [this.#httpPort, this.#apiPort] = ports;
  }

  /** Start both; the service accepts everything. */
  static async start(
    { httpRemux = true, hls = "", accessLog = false }: WatchedOptions = {},
  ): Promise<WatchedServer> {
    const receiver = await HookReceiver.start();
    const hooks = ["on_publish", "on_play", "on_stop"].map((event) => `${event} = "${receiver.url()}"`);
    const toml = TOML.replace("[http_server]\n", `$&access_log = "${accessLog ? "log" : "off"}"\n`);
    const media = [
      `[vhost.__defaultVhost__.http_remux]\nenabled = ${httpRemux}\nmount = ${MOUNTS}`,
      `[vhost.__defaultVhost__.hls]\n${hls}`,
    ];
    const server = await ServerProcess.start({ toml: toml + [...hooks, ...media].join("\n") });
    const http = HTTP_LINE.exec(await server.waitForLine(HTTP_LINE))?.[1] ?? "";
    const api = API_LINE.exec(await server.waitForLine(API_LINE))?.[1] ?? "";
    return new WatchedServer(server, receiver, [http, api]);
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
  }
}
