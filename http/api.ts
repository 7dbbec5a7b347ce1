/**
 * The management API: `Request` in, `Response` out, in the shape of SRS's. It reads snapshots, and the one thing it
 * changes is that a client is there.
 *
 * There is no JSONP, no permission for pages of other sites, and no password: {@link checkOrigin} keeps out what a
 * browser could be made to send, and the address that it listens on keeps out the rest.
 *
 * @module
 */
import { errorMessage } from "../core/mod.ts";
import type { ServerSnapshot } from "../stream/live/mod.ts";
import { deadline } from "../system/mod.ts";
import { ApiCode } from "./api_code.ts";
import { checkOrigin } from "./origin_guard.ts";
import { clientView, type ViewDeps } from "./client_view.ts";
import { holdOf } from "./hold_parameter.ts";
import { hooksView } from "./hooks_view.ts";
import { metricsOf } from "./metrics.ts";
import { METRICS_TYPE } from "./metrics_text.ts";
import { pageOf } from "./page.ts";
import type { ApiDeps } from "./ports.ts";
import { codeReply, dataReply, textReply } from "./reply.ts";
import { streamsOf, streamView, vhostView } from "./stream_view.ts";
import { summariesView, versionView } from "./summaries_view.ts";
import { vhostId } from "./vhost_ids.ts";

/** The longest that the media threads may take to say what they have, milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 5000;

const ROOT = "/api/v1";
/** What there is below the root, and what for. */
const RESOURCES = {
  versions: "the version of this server",
  summaries: "the server in a few numbers",
  vhosts: "all vhosts, or one by its id",
  streams: "all streams, or one by its id",
  clients:
    "all clients, or one by its id; DELETE ends its connection, ?hold=60 keeps its publish away for 60 s",
  hooks: "the HTTP callbacks: calls, verdicts, latency, queues",
} as const;

/** One request, taken apart. */
interface Call {
  readonly method: string;
  readonly path: string;
  /** Below the root. */
  readonly resource: string;
  /** Behind the resource, `""` for all of its kind. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** Who calls. */
  readonly ip: string;
}

/** Answers requests. */
export class Api {
  readonly #hosts: readonly string[];
  readonly #deps: ApiDeps;
  readonly #view: ViewDeps;
  #pendingSnapshot: Promise<ServerSnapshot> | undefined;

  /** @param hosts As in `ApiOptions`. */
  constructor(hosts: readonly string[], deps: ApiDeps) {
    this.#hosts = hosts;
    this.#deps = deps;
    const { serverId } = deps.identity;
    this.#view = { mask: (text) => deps.mask(text), vhostId: (name) => vhostId(serverId, name) };
  }

  /**
   * Answer one request. Never rejects.
   *
   * @param ip Who sent it.
   */
  async handle(request: Request, ip: string): Promise<Response> {
    const url = URL.parse(request.url);
    // A Host header that does not name a host makes an address that cannot be read.
    if (url === null) return this.#refuse("hostNotAllowed", request, ip);
    const { pathname, searchParams } = url;
    const method = request.method === "HEAD" ? "GET" : request.method;
    const path = withoutLastSlashes(pathname);
    const fault = checkOrigin(request, this.#hosts);
    if (fault !== undefined) return this.#refuse(fault, request, ip);
    const rest = path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1).split("/") : [];
    const [resource = "", id = "", ...more] = rest;
    try {
      if (more.length > 0) return noSuchPath();
      return await this.#answer({ method, path, resource, id, query: searchParams, ip });
    } catch (error) {
      const text = errorMessage(error);
      this.#deps.log.write("error", undefined, "API request failed", { method, path, error: text });
      return codeReply(ApiCode.System, "The server could not answer", { status: 503 });
    }
  }

  async #answer(call: Call): Promise<Response> {
    const { method, path, resource, id } = call;
    if (method === "DELETE" && resource === "clients" && id !== "") return await this.#kick(call);
    const answer = await this.#read(call);
    if (answer === undefined) return noSuchPath();
    if (method === "GET") return answer();
    const isClient = resource === "clients" && id !== "";
    const headers = { Allow: isClient ? "GET, HEAD, DELETE" : "GET, HEAD" };
    return codeReply(ApiCode.NoSuchMethod, `No ${method} of ${path}`, { status: 405, headers });
  }

  /** The answer to a GET, `undefined` where there is none. */
  async #read({ path, resource, id, query }: Call): Promise<(() => Response) | undefined> {
    const { identity, process, hooks } = this.#deps;
    if (path === "/metrics") return await this.#metrics();
    if (path === ROOT) return () => dataReply(identity, { urls: RESOURCES });
    switch (resource) {
      case "clients":
        return await this.#clients(id, query);
      case "streams":
        return await this.#streams(id, query);
      case "vhosts":
        return await this.#vhosts(id, query);
      default:
        break;
    }
    if (id !== "") return undefined;
    switch (resource) {
      case "versions":
        return () => dataReply(identity, { data: versionView(identity.version) });
      case "summaries": {
        const snapshot = await this.#currentSnapshot();
        const limits = this.#deps.media.limitCounts();
        const data = { ...summariesView(snapshot, identity, process), limits: { ...limits } };
        return () => dataReply(identity, { data });
      }
      case "hooks":
        return () => dataReply(identity, { hooks: hooksView(hooks.snapshot(), this.#view.mask) });
      default:
        return undefined;
    }
  }

  async #clients(id: string, query: URLSearchParams): Promise<() => Response> {
    const { clients } = await this.#currentSnapshot();
    const { identity } = this.#deps;
    if (id === "") {
      const page = pageOf(clients, query).map((client) => clientView(client, this.#view));
      return () => dataReply(identity, { clients: page });
    }
    const client = clients.find(({ clientId }) => String(clientId) === id);
    if (client === undefined) return noSuchClient;
    return () => dataReply(identity, { client: clientView(client, this.#view) });
  }

  async #streams(id: string, query: URLSearchParams): Promise<() => Response> {
    const streams = streamsOf((await this.#currentSnapshot()).clients);
    const { identity, process } = this.#deps;
    const now = process.wallNow();
    if (id === "") {
      const page = pageOf(streams, query).map((stream) => streamView(stream, now, this.#view));
      return () => dataReply(identity, { streams: page });
    }
    const stream = streams.find(({ streamId }) => streamId === id);
    if (stream === undefined) return () => codeReply(ApiCode.StreamNotFound, "No stream of this id");
    return () => dataReply(identity, { stream: streamView(stream, now, this.#view) });
  }

  async #vhosts(id: string, query: URLSearchParams): Promise<() => Response> {
    const { clients } = await this.#currentSnapshot();
    const { identity, vhosts } = this.#deps;
    if (id === "") {
      const page = pageOf(vhosts, query).map((vhost) => vhostView(vhost, clients, this.#view));
      return () => dataReply(identity, { vhosts: page });
    }
    const vhost = vhosts.find(({ name }) => this.#view.vhostId(name) === id);
    if (vhost === undefined) return () => codeReply(ApiCode.VhostNotFound, "No vhost of this id");
    return () => dataReply(identity, { vhost: vhostView(vhost, clients, this.#view) });
  }

  async #metrics(): Promise<() => Response> {
    const { media, hooks, identity, process } = this.#deps;
    const snapshot = await this.#currentSnapshot();
    const { mask } = this.#view;
    const limits = media.limitCounts();
    const text = metricsOf({ snapshot, limits, hooks: hooks.snapshot(), identity, process, mask });
    return () => textReply(text, METRICS_TYPE);
  }

  async #kick({ id, ip, query }: Call): Promise<Response> {
    // Written as in the lists: "01" is nobody.
    if (!/^(?:0|[1-9]\d{0,14})$/.test(id)) return noSuchClient();
    const clientId = Number(id);
    const hold = holdOf(query);
    if ("fault" in hold) return codeReply(ApiCode.BadParameter, hold.fault, { status: 400 });
    if (!await this.#deps.media.kick(clientId, hold)) return noSuchClient();
    this.#deps.log.write("trace", clientId, "Connection ended by the API", { by: ip, hold_ms: hold.holdMs });
    return dataReply(this.#deps.identity, {});
  }

  #refuse(fault: ReturnType<typeof checkOrigin>, request: Request, ip: string): Response {
    const { method, headers } = request;
    const host = headers.get("host") ?? undefined;
    const origin = headers.get("origin") ?? undefined;
    this.#deps.log.write("info", undefined, "API request refused", { why: fault, ip, method, host, origin });
    return fault === "hostNotAllowed"
      ? codeReply(
        ApiCode.ForeignHost,
        "Not called by an address, localhost or a name of http_api.hosts",
        { status: 403 },
      )
      : codeReply(ApiCode.ForeignOrigin, "Sent by a page of another site", { status: 403 });
  }

  /** What there is now; requests that come while the threads are being asked share their answer. */
  #currentSnapshot(): Promise<ServerSnapshot> {
    return this.#pendingSnapshot ??= this.#snapshot().finally(() => this.#pendingSnapshot = undefined);
  }

  async #snapshot(): Promise<ServerSnapshot> {
    const snapshot = await deadline(this.#deps.clock, this.#deps.media.snapshot(), {
      maxMs: SNAPSHOT_TIMEOUT_MS,
    });
    if (snapshot !== "expired") return snapshot;
    throw new Error(`Cannot look at the clients: no answer within ${SNAPSHOT_TIMEOUT_MS} ms`);
  }
}

function noSuchClient(): Response {
  return codeReply(ApiCode.ClientNotFound, "No client of this id");
}

function noSuchPath(): Response {
  return codeReply(ApiCode.NoSuchPath, `Nothing is here; ${ROOT} lists what there is`, { status: 404 });
}

/** A loop: the expression for it takes seconds for a path of slashes that ends with a letter. */
function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === "/") end--;
  return path.slice(0, end);
}
