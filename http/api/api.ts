/**
 * The management API, in the shape of SRS's: a request is checked, and served by its route. What can be asked is in
 * `routes/`, one file per group.
 *
 * There is no JSONP. {@link ApiGate} says who may call.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import type { ApiDeps } from "../ports.ts";
import type { Exchange, HttpHandler } from "../server/exchange.ts";
import { ApiCode } from "./api_code.ts";
import { apiContext } from "./api_context.ts";
import type { ApiCall, ApiRoute } from "./api_route.ts";
import { ApiGate, type ApiGateOptions, type GatedRequest } from "./auth/api_gate.ts";
import { preflightResponse, READABLE_ANYWHERE, readableAnywhere } from "./cross_origin.ts";
import { codeReply } from "./reply.ts";
import { RouteTable } from "./route_table.ts";
import type { Snapshots } from "./snapshots.ts";
import { PageAssets } from "../pages/page_assets.ts";
import { consoleRoutes } from "./routes/console_routes.ts";
import { allRoutes, ROOT } from "./routes.ts";

/** Answers requests. */
export class Api implements Disposable {
  #crossdomain: boolean;
  #gate: ApiGate;
  readonly #snapshots: Snapshots;
  readonly #deps: ApiDeps;
  readonly #table: RouteTable;

  /** An API that these may call. */
  constructor(options: ApiGateOptions, deps: ApiDeps) {
    this.#crossdomain = options.crossdomain;
    this.#gate = new ApiGate(options, deps);
    this.#deps = deps;
    const assets = new PageAssets();
    const context = apiContext(deps, assets);
    this.#snapshots = context.snapshots;
    this.#table = new RouteTable([...allRoutes(context), ...consoleRoutes(assets)]);
  }

  /** Do nothing that no request waits for. */
  [Symbol.dispose](): void {
    this.#snapshots[Symbol.dispose]();
  }

  /** These may call from here on. */
  replaceOptions(options: ApiGateOptions): void {
    this.#crossdomain = options.crossdomain;
    this.#gate = new ApiGate(options, this.#deps, this.#gate);
  }

  /** Answer one request. Rejects only when the client is gone. */
  async handle(exchange: Exchange): Promise<void> {
    const answer = await this.#answer(exchange);
    if (typeof answer === "function") return await answer(exchange);
    await exchange.respond(this.#crossdomain ? readableAnywhere(answer) : answer);
  }

  async #answer(exchange: Exchange): Promise<Response | HttpHandler> {
    const { head, ip } = exchange;
    const { method, url: { pathname, searchParams: query } } = head;
    const request = exchange.request();
    const found = this.#table.find(method, pathname);
    const isPreflight = this.#crossdomain && method === "OPTIONS";
    // Without credentials nobody learns what is there.
    const scope = isPreflight ? "open" : found.kind === "route" ? found.route.scope : "read";
    const gated = { request, head, ip, scope };
    const caller = this.#gate.admit(gated);
    if (caller instanceof Response) return caller;
    if (isPreflight) return preflightResponse();
    switch (found.kind) {
      case "route":
        return await this.#run(found.route, {
          ...{ head, request, params: found.params, query, ip, caller },
          crossOrigin: this.#crossdomain ? READABLE_ANYWHERE : {},
          isStillAdmitted: this.#admission(gated),
        });
      case "otherMethods": {
        const headers = { Allow: found.methods.join(", ") };
        return codeReply(ApiCode.NoSuchMethod, `No ${method} of ${pathname}`, { status: 405, headers });
      }
      case "nothing":
        return codeReply(ApiCode.NoSuchPath, `Nothing is here; ${ROOT} lists what there is`, { status: 404 });
      default:
        return found satisfies never;
    }
  }

  /** Of a request that the gate has admitted; each gate that comes in its place is asked once. */
  #admission(request: GatedRequest): () => boolean {
    let gate = this.#gate;
    let isAdmitted = true;
    return () => {
      if (gate !== this.#gate) {
        gate = this.#gate;
        isAdmitted = gate.wouldAdmit(request);
      }
      return isAdmitted;
    };
  }

  async #run(route: ApiRoute, call: ApiCall): Promise<Response | HttpHandler> {
    try {
      return await route.handle(call);
    } catch (error) {
      const { method, url: { pathname: path } } = call.head;
      const text = errorMessage(error);
      this.#deps.log.write("error", undefined, "API request failed", { method, path, error: text });
      return codeReply(ApiCode.System, "The server could not answer", { status: 503 });
    }
  }
}
