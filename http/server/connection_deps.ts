/**
 * What connections are made of.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { TrustedProxies } from "../../system/mod.ts";
import type { HttpHandler } from "./exchange.ts";
import type { HeaderBlocks } from "./header_block.ts";
import type { HttpServerEvents, HttpServerLimits, ServedConnection } from "./ports.ts";

/** What a connection is made of. */
export interface HttpConnectionDeps {
  readonly clock: Clock;
  readonly limits: HttpServerLimits;
  readonly handler: HttpHandler;
  readonly events: HttpServerEvents;
  readonly blocks: HeaderBlocks;
  /** Whose word on their clients counts; absent: nobody's. */
  readonly proxies?: TrustedProxies;
  /** It is closed, and nothing works for it any more. */
  ended(connection: ServedConnection): void;
}
