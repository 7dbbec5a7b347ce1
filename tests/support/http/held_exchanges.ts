/**
 * A handler of a test that waits with its answers.
 *
 * @module
 */
import type { Exchange, HttpHandler } from "../../../http/server/exchange.ts";

/** Keeps the exchanges, and answers none of them before {@link HeldExchanges.release}. */
export class HeldExchanges {
  /** All so far. */
  readonly exchanges: Exchange[] = [];
  /** Path and way of those whose client has left. */
  readonly left: string[] = [];
  readonly #gate = Promise.withResolvers<void>();

  /** The handler. */
  readonly handle: HttpHandler = async (exchange) => {
    this.exchanges.push(exchange);
    exchange.onLeave((how) => this.left.push(`${exchange.head.path} ${how}`));
    await this.#gate.promise;
    await exchange.respond(new Response("late"));
  };

  /** Answer all, now and from now on. */
  release(): void {
    this.#gate.resolve();
  }
}
