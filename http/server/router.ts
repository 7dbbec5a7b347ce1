/**
 * Which handler answers a request: the first route that takes it.
 *
 * @module
 */
import type { Exchange, HttpHandler } from "./exchange.ts";
import type { RequestHead } from "./request_head.ts";
import { textResponse } from "./text_response.ts";

/** Some of the requests of a server. */
export interface Route {
  /**
   * The handler of a request; `undefined` where the request is for another route. Requests are routed by what their head
   * says alone: nothing is read, decided or counted here.
   */
  match(head: RequestHead): HttpHandler | undefined;
}

/** Tries routes one by one. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #methods: readonly string[];

  /**
   * Routes in the order in which they are tried.
   *
   * @param methods What requests may use; any other one is answered with 405, whatever its path.
   */
  constructor(routes: readonly Route[], methods: readonly string[]) {
    this.#routes = routes;
    this.#methods = methods;
  }

  /** Answer a request. */
  handle(exchange: Exchange): Promise<void> {
    const { head } = exchange;
    if (!this.#methods.includes(head.method)) {
      const allow = { Allow: this.#methods.join(", ") };
      return exchange.respond(textResponse(405, `There is no ${head.method} here`, allow));
    }
    for (const route of this.#routes) {
      const handler = route.match(head);
      if (handler !== undefined) return handler(exchange);
    }
    return exchange.respond(textResponse(404, "There is nothing at this path"));
  }
}
