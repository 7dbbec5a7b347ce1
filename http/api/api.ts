/**
 * The management API, in the shape of SRS's: a request is checked, and served by its route. What can be asked is in
 * `routes/`, one file per group.
 *
 * There is no JSONP, no permission for pages of other sites, and no password: {@link checkOrigin} keeps out what a
 * browser could be made to send, and the address that it listens on keeps out the rest.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import type { ApiDeps } from "../ports.ts";
import type { Exchange, HttpHandler } from "../server/exchange.ts";
import { ApiCode } from "./api_code.ts";
import { apiContext } from "./api_context.ts";
import type { ApiCall, ApiRoute } from "./api_route.ts";
import { checkOrigin, type OriginFault } from "./origin_guard.ts";
import { codeReply } from "./reply.ts";
import { RouteTable } from "./route_table.ts";
import { allRoutes, ROOT } from "./routes.ts";

/** How a refusal reads in the log. */
export const REQUEST_REFUSED = { message: "API request refused", level: "info" } as const;

/** Answers requests. */
export class Api {
  readonly #hosts: readonly string[];
  readonly #deps: ApiDeps;
  readonly #table: RouteTable;

  /** @param hosts As in `ApiOptions`. */
  constructor(hosts: readonly string[], deps: ApiDeps) {
    this.#hosts = hosts;
    this.#deps = deps;
    this.#table = new RouteTable(allRoutes(apiContext(deps)));
  }

  /** Answer one request. Rejects only when the client is gone. */
  async handle(exchange: Exchange): Promise<void> {
    const answer = await this.#answer(exchange);
    if (typeof answer === "function") await answer(exchange);
    else await exchange.respond(answer);
  }

  async #answer(exchange: Exchange): Promise<Response | HttpHandler> {
    const { head, ip } = exchange;
    const request = exchange.request();
    const fault = checkOrigin(request, this.#hosts);
    if (fault !== undefined) return this.#refuse(fault, request, ip);
    const { pathname, searchParams: query } = head.url;
    const found = this.#table.find(head.method, pathname);
    switch (found.kind) {
      case "route":
        return await this.#run(found.route, { head, request, params: found.params, query, ip });
      case "otherMethods": {
        const headers = { Allow: found.methods.join(", ") };
        return codeReply(ApiCode.NoSuchMethod, `No ${head.method} of ${pathname}`, { status: 405, headers });
      }
      case "nothing":
        return codeReply(ApiCode.NoSuchPath, `Nothing is here; ${ROOT} lists what there is`, { status: 404 });
      default:
        return found satisfies never;
    }
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

  #refuse(fault: OriginFault, { method, headers }: Request, ip: string): Response {
    const from = ["host", "origin"].map((name) => `${name}=${headers.get(name) ?? ""}`);
    const detail = [fault, method, ...from].join(" ");
    this.#deps.limits.hit("api_request_refused", { ip, detail }, REQUEST_REFUSED);
    return fault === "hostNotAllowed"
      ? codeReply(
        ApiCode.ForeignHost,
        "Not called by an address, localhost or a name of http_api.hosts",
        { status: 403 },
      )
      : codeReply(ApiCode.ForeignOrigin, "Sent by a page of another site", { status: 403 });
  }
}
