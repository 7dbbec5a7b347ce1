/**
 * The default hook server: a service that allows everything and prints what it receives. On the paths of the one that
 * came with SRS 1.0 it has that one's answers and lines; on any other path it takes every event. For experiments it can
 * also deny, delay and verify signatures. It never starts a program.
 *
 * @module
 */
import { type Clock, errorMessage } from "../../core/mod.ts";
import { Webhook } from "standardwebhooks";
import { delay } from "../../system/mod.ts";
import { type Access, accessLine, actionLine, ACTIONS, traceLine } from "./hook_server_text.ts";

/** What is taken at a path. */
interface HookRoute {
  /** For the lines. */
  readonly name: string;
  readonly actions: readonly string[];
}

/** SRS 1.0's paths, and the actions that each takes; an update may go where the session's start went. */
const ROUTES: ReadonlyMap<string, HookRoute> = new Map([
  ["/api/v1/clients", { name: "clients", actions: ["on_connect", "on_close"] }],
  ["/api/v1/streams", { name: "streams", actions: ["on_publish", "on_unpublish", "on_update"] }],
  ["/api/v1/sessions", { name: "sessions", actions: ["on_play", "on_stop", "on_update"] }],
  ["/api/v1/hls", { name: "hls", actions: ["on_hls"] }],
  ["/api/v1/dvrs", { name: "dvrs", actions: ["on_dvr"] }],
  ["/api/v1/forward", { name: "forward", actions: ["on_forward"] }],
]);

/** What `on_hls_notify` fetches is below it. */
const NOTICES = "/api/v1/hls/";

const CORS_HEADERS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST, HEAD, PUT, DELETE",
  "Access-Control-Allow-Headers": "Cache-Control,X-Proxy-Authorization,X-Requested-With,Content-Type",
} as const;

const LOOPBACK = "127.0.0.1";

const CODE_SUCCESS = 0;
const CODE_NOT_JSON = 100;
const CODE_WRONG_ACTION = 200;
const CODE_DENIED = 403;
const STATUS_BAD_REQUEST = 400;

/** A longer body is not from a hook. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Statuses whose answers have no body. */
const EMPTY_STATUSES: ReadonlySet<number> = new Set([204, 205, 304]);

/** How the server answers. */
export interface HookServerOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  /** `127.0.0.1` when absent: other machines must not be able to make it print. */
  readonly hostname?: string;
  /** Events that are denied. */
  readonly deny?: readonly string[];
  /** HTTP status of every answer to a hook, 200 to 599. */
  readonly status?: number;
  /** Pause before every answer to a hook, milliseconds. */
  readonly delayMs?: number;
  /** Answer with objects, `{"code":0,"data":null}`, instead of plain numbers. */
  readonly json?: boolean;
  /** `whsec_...`: a call without a valid signature by one of them gets 401. */
  readonly secrets?: readonly string[];
  /** Applied to every line before it is printed; lines are SRS 1.0's, tokens included, when absent. */
  readonly mask?: (line: string) => string;
}

/** Takes one line of output, without its end. */
export type Print = (line: string) => void;

/** A running hook server. */
export class HookServer {
  readonly #options: HookServerOptions;
  readonly #print: Print;
  readonly #clock: Clock;
  readonly #webhooks: readonly Webhook[];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();

  private constructor(options: HookServerOptions, print: Print, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    const { mask } = options;
    this.#print = mask === undefined ? print : (line) => print(mask(line));
    this.#webhooks = (options.secrets ?? []).map((secret) => new Webhook(secret));
    this.#server = Deno.serve(
      { hostname: options.hostname ?? LOOPBACK, port: options.port, onListen: () => {} },
      (request, info) => this.#handle(request, info.remoteAddr.hostname),
    );
    this.#trace(`api server listen at port: ${this.port}, static_dir: `);
    const { hostname } = this.#server.addr;
    this.#trace(
      `api server listen at address: ${hostname}${hostname === LOOPBACK ? ", for this machine alone" : ""}`,
    );
  }

  /**
   * Listen and answer.
   *
   * @throws `Deno.errors.AddrInUse` and its like; `RangeError` for a status out of range; what
   * `standardwebhooks` says of a secret that is none.
   */
  static start(options: HookServerOptions, print: Print, clock: Clock): HookServer {
    const { status } = options;
    if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
      throw new RangeError(`Cannot answer with status ${status}: it must be 200 to 599`);
    }
    return new HookServer(options, print, clock);
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Settled when the server has ended. */
  get finished(): Promise<void> {
    return this.#server.finished;
  }

  /** Stop listening and end once the open answers are out. */
  async shutdown(): Promise<void> {
    this.#stop.abort();
    await this.#server.shutdown();
  }

  async #handle(request: Request, ip: string): Promise<Response> {
    const url = new URL(request.url);
    const { status, body } = await this.#answer(request, url.pathname);
    const access: Access = {
      ip,
      method: request.method,
      target: url.pathname + url.search,
      status,
      bytes: body.length,
      referer: request.headers.get("referer") ?? "",
      userAgent: request.headers.get("user-agent") ?? "",
    };
    this.#print(accessLine(new Date(this.#clock.wallNow()), access));
    return new Response(EMPTY_STATUSES.has(status) ? null : body, {
      status,
      headers: { ...CORS_HEADERS, "Content-Type": "application/json" },
    });
  }

  async #answer(request: Request, path: string): Promise<Answer> {
    const known = ROUTES.get(path.replace(/\/$/, ""));
    const route = known ?? { name: path, actions: ACTIONS };
    if (request.method === "OPTIONS") return { status: 200, body: "" };
    if (request.method === "GET" && path.startsWith(NOTICES) && path.length > NOTICES.length) {
      this.#trace(`get hls, url=${path.slice(NOTICES.length)}`);
      return this.#code(CODE_SUCCESS);
    }
    if (request.method === "GET" || request.method === "HEAD") {
      return known === undefined ? { status: 404, body: "" } : { status: 200, body: "{}" };
    }
    if (request.method !== "POST") return { status: 405, body: "" };

    const text = await readText(request);
    if (text === undefined) return { status: 413, body: "" };
    this.#trace(`post to ${route.name}, req=${text}`);
    if (!this.#isSigned(text, request.headers)) {
      this.#trace("verify the signature failed");
      return { status: 401, body: "" };
    }
    const answer = this.#judge(text, route.actions) ?? this.#refuse(text, known);
    await this.#pause();
    return { status: this.#options.status ?? answer.status, body: answer.body };
  }

  /** @returns `undefined` for a body that is not of an event. */
  #judge(text: string, actions: readonly string[]): Answer | undefined {
    const body = parseJson(text);
    if (body instanceof Error) {
      this.#trace(`parse the request to json failed, req=${text}, ex=${body.message}, code=${CODE_NOT_JSON}`);
      return this.#code(CODE_NOT_JSON);
    }
    if (!isRecord(body) || body["action"] === undefined) return undefined;
    const action = String(body["action"]);
    if (!ACTIONS.includes(action) && actions === ACTIONS) return undefined;
    if (!actions.includes(action)) {
      this.#trace(`invalid request action: ${action}`);
      return this.#code(CODE_WRONG_ACTION);
    }
    const line = actionLine(action, body);
    if (line === undefined) return undefined;
    this.#trace(line);
    if (this.#options.deny?.includes(action)) {
      this.#trace(`deny ${action}, code=${CODE_DENIED}`);
      return this.#code(CODE_DENIED, `${action} is denied`);
    }
    // The server that asks wants a list, and there is nowhere to forward to.
    if (action === "on_forward") {
      return { status: 200, body: JSON.stringify({ code: 0, data: { urls: [] } }) };
    }
    return this.#code(CODE_SUCCESS);
  }

  /** On SRS 1.0's paths with its answer. */
  #refuse(text: string, known: HookRoute | undefined): Answer {
    const msg = "The body has no action that is an event of hooks, or not the fields of one";
    this.#trace(`not the body of an event: ${msg}, req=${text}`);
    if (known !== undefined) return { status: 500, body: "" };
    return { status: STATUS_BAD_REQUEST, body: JSON.stringify({ code: CODE_WRONG_ACTION, msg }) };
  }

  #code(code: number, msg?: string): Answer {
    if (this.#options.json !== true) return { status: 200, body: String(code) };
    return { status: 200, body: JSON.stringify(msg === undefined ? { code, data: null } : { code, msg }) };
  }

  #isSigned(text: string, headers: Headers): boolean {
    if (this.#webhooks.length === 0) return true;
    const plain = Object.fromEntries(headers);
    return this.#webhooks.some((webhook) => {
      try {
        webhook.verify(text, plain);
        return true;
      } catch (error) {
        this.#trace(`check a secret failed, ex=${errorMessage(error)}`);
        return false;
      }
    });
  }

  /** Ends early when the server stops; a caller that disconnects is not noticed. */
  async #pause(): Promise<void> {
    const { delayMs = 0 } = this.#options;
    if (delayMs > 0) await delay(this.#clock, delayMs, { signal: this.#stop.signal });
  }

  #trace(message: string): void {
    this.#print(traceLine(new Date(this.#clock.wallNow()), message));
  }
}

/** Status and body of an HTTP answer. */
interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The body as text, `undefined` when it is too long. */
async function readText(request: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const part of request.body ?? []) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
