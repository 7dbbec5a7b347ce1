/**
 * A server with its outbox on disk and its API, which may be killed and started again in the same place, and the
 * service behind its hooks, which outlives it.
 *
 * @module
 */
import { HookReceiver } from "./hook_receiver.ts";
import { ServerProcess } from "../process/server_process.ts";
import { pause } from "../process/show.ts";

const EVENTS = [
  "on_connect",
  "on_close",
  "on_publish",
  "on_unpublish",
  "on_play",
  "on_stop",
  "on_dvr",
] as const;
/** Between two looks at the API. */
const LOOK_MS = 50;
const API_LINE = /Listening for the API address=(\S+)/;

/** How a stage differs from the plain one. */
export interface HookHarnessOptions {
  /** Serve players by HTTP. */
  readonly players?: boolean;
  /** Where it listens for RTMP; a port of the system's choice by default. */
  readonly listen?: string;
  /** Lines at the top of the configuration, as `workers = 2`. */
  readonly top?: readonly string[];
  /** Lines of `[vhost.__defaultVhost__.http_hooks]`. */
  readonly hooks?: readonly string[];
  /** Further sections. */
  readonly sections?: readonly string[];
  /** As in `ServerProcessOptions`. */
  readonly wrapper?: readonly string[];
  /** The same for programs that need to know the server's working directory. */
  readonly wrapperIn?: (directory: string) => readonly string[];
  /** Lines of `[hooks.outbox]`. */
  readonly outbox?: readonly string[];
  /** Where the outbox is; below a temporary directory by default. */
  readonly outboxPath?: string;
}

/** The outbox as the API shows it. */
export interface OutboxView {
  readonly alarm: string | null;
  readonly open: number;
  readonly undelivered: number;
  readonly dead: number;
}

/** Server, service and outbox. */
export class HookHarness implements AsyncDisposable {
  readonly receiver: HookReceiver;
  /** Of the server; the outbox is in it unless the options say otherwise. */
  readonly directory: string;
  readonly outboxPath: string;
  readonly #toml: string;
  readonly #wrapper: readonly string[];
  #server: ServerProcess | undefined;
  #api = "";

  private constructor(receiver: HookReceiver, directory: string, options: HookHarnessOptions) {
    const { top = [], hooks = [], sections = [], outbox = [], players = false } = options;
    this.receiver = receiver;
    this.directory = directory;
    this.outboxPath = options.outboxPath ?? `${directory}/outbox/srs.outbox.db`;
    this.#wrapper = options.wrapperIn?.(directory) ?? options.wrapper ?? [];
    this.#toml = [
      `listen = "${options.listen ?? "127.0.0.1:0"}"`,
      ...top,
      "[http_api]",
      'listen = "127.0.0.1:0"',
      "[http_server]",
      players ? 'listen = "127.0.0.1:0"' : "enabled = false",
      "[hooks.outbox]",
      `path = "${this.outboxPath}"`,
      ...outbox,
      "[vhost.__defaultVhost__.http_hooks]",
      "enabled = true",
      ...EVENTS.map((event) => `${event} = "${receiver.url()}"`),
      ...hooks,
      ...sections,
    ].join("\n");
  }

  /** A receiver that answers everything with `0`, and a server that runs. */
  static async open(options: HookHarnessOptions = {}): Promise<HookHarness> {
    const directory = await Deno.makeTempDir({ prefix: "srs-stage-" });
    const stage = new HookHarness(await HookReceiver.start(), directory, options);
    try {
      await stage.start();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The running server. */
  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error("The server does not run: start it");
    return this.#server;
  }

  /** Its RTMP port. */
  get port(): number {
    return this.server.port;
  }

  /** `http://127.0.0.1:PORT` of its API. */
  get apiUrl(): string {
    return this.#api;
  }

  /** Start the server, the first time or again. */
  async start(): Promise<ServerProcess> {
    this.#server = await ServerProcess.start({
      toml: this.#toml,
      directory: this.directory,
      wrapper: this.#wrapper,
    });
    const line = await this.#server.waitForLine(API_LINE);
    this.#api = `http://${API_LINE.exec(line)?.[1]}`;
    return this.#server;
  }

  /** End the server as a service manager does: it tells what it owes. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** End the server without a word. */
  async kill(): Promise<void> {
    await this.#server?.kill();
    this.#server = undefined;
  }

  /** What the API answers to another method than GET. */
  async call(method: string, path: string, body?: unknown): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(`${this.#api}${path}`, {
      method,
      ...(body === undefined ? {} : {
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    return await response.json();
  }

  /** What the API says at a path. */
  async api(path: string): Promise<string> {
    const response = await fetch(`${this.#api}${path}`);
    return await response.text();
  }

  /** The outbox as the API shows it. */
  async outbox(): Promise<OutboxView> {
    const reply: unknown = JSON.parse(await this.api("/api/v1/hooks"));
    const outbox = member(member(reply, "hooks"), "outbox");
    const alarm = member(outbox, "alarm");
    return {
      alarm: alarm === null ? null : String(alarm),
      open: Number(member(outbox, "open")),
      undelivered: Number(member(outbox, "undelivered")),
      dead: Number(member(outbox, "dead")),
    };
  }

  /** Look at the outbox until it is as wanted. */
  async outboxUntil(
    wanted: (outbox: OutboxView) => boolean,
    what: string,
    timeoutMs = 120_000,
  ): Promise<OutboxView> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const outbox = await this.outbox();
      if (wanted(outbox)) return outbox;
      if (performance.now() > until) {
        const lines = this.server.lines.slice(-20).join("\n");
        throw new Error(`Cannot see ${what}: ${JSON.stringify(outbox)}; the server said last:\n${lines}`);
      }
      await pause(LOOK_MS);
    }
  }

  /** Resolves when all sessions have ended and all events are delivered. */
  async settled(): Promise<void> {
    await this.outboxUntil(({ open, undelivered }) => open === 0 && undelivered === 0, "an empty outbox");
  }

  /** Memory that the server's process takes, bytes. */
  async memoryBytes(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.server.pid}/status`);
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await this.receiver.stop();
    await Deno.remove(this.directory, { recursive: true });
  }
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) {
    throw new Error(`Cannot read ${name} of ${JSON.stringify(value)}`);
  }
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
