/**
 * The API on its addresses.
 *
 * @module
 */
import { errorStack, type ListenAddress } from "../../core/mod.ts";
import type { AcceptFault } from "../../system/mod.ts";
import type { ApiOptions, HttpLimits } from "../options.ts";
import { Api } from "./api.ts";
import { REQUEST_REFUSED } from "./auth/api_gate.ts";
import type { ApiDeps, ApiLimitName, ApiLog, LimitHits } from "../ports.ts";
import type { HttpLimitHit, HttpLimitName, HttpServerEvents } from "../server/ports.ts";
import { ConnectionCap } from "../server/connection_cap.ts";
import { HttpServer } from "../server/http_server.ts";

/** How long answers under way may take at the end, milliseconds. */
const LAST_ANSWERS_MS = 1000;
/** How long an answer may make no progress, milliseconds. */
const WRITE_TIMEOUT_MS = 10_000;
/** More than any body that a route takes, bytes. */
const MAX_BODY_BYTES = 16 * 1024;

/** Where and as whom the API listens. */
export type ApiServerOptions = Omit<ApiOptions, "enabled">;

/** A listening API. */
export class ApiServer {
  readonly #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen({ listen, limits, ...gate }: ApiServerOptions, deps: ApiDeps): ApiServer {
    const api = new Api(gate, deps);
    const server = HttpServer.listen(
      { listen, limits: { ...limits, writeTimeoutMs: WRITE_TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES } },
      {
        clock: deps.clock,
        handler: (exchange) => api.handle(exchange),
        gate: new ConnectionCap(
          limits.maxConnections,
          (ip) =>
            deps.limits.hit("http_api.max_connections", { ip, detail: `${limits.maxConnections} already` }),
        ),
        events: new ApiEvents(limits, deps.limits, deps.log),
      },
    );
    return new ApiServer(server);
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#server.addresses;
  }

  /** Connections now. */
  get connectionCount(): number {
    return this.#server.connectionCount;
  }

  /** Take no more requests; answers under way have a second. Settles then at the latest. */
  close(): Promise<void> {
    return this.#server.drain(LAST_ANSWERS_MS);
  }
}

/** What clients of the API run into, by the names of its limits. */
class ApiEvents implements HttpServerEvents {
  readonly #details: Readonly<Record<HttpLimitName, string>>;
  readonly #limits: LimitHits;
  readonly #log: ApiLog;

  constructor({ headTimeoutMs, idleTimeoutMs }: HttpLimits, limits: LimitHits, log: ApiLog) {
    this.#limits = limits;
    this.#log = log;
    this.#details = {
      head_timeout: `No request within ${headTimeoutMs} ms`,
      idle_timeout: `No further request within ${idleTimeoutMs} ms`,
      write_timeout: `An answer was taken more slowly than 1 KB/s for ${WRITE_TIMEOUT_MS} ms`,
    };
  }

  /** @inheritdoc */
  limit(limit: HttpLimitName, { ip, quiet }: HttpLimitHit): void {
    const name: ApiLimitName = `http_api.${limit}`;
    if (quiet) this.#limits.count(name, 1);
    else this.#limits.hit(name, { ip, detail: this.#details[limit] });
  }

  /** @inheritdoc */
  refused(status: number, reason: string, ip: string): void {
    this.#limits.hit("api_request_refused", { ip, detail: `${status}: ${reason}` }, REQUEST_REFUSED);
  }

  /** @inheritdoc */
  unfinished(detail: string, ip: string): void {
    this.#log.write("warn", undefined, "API answer broke off", { ip, detail });
  }

  /** @inheritdoc */
  acceptFailed(fault: AcceptFault, error: unknown): void {
    this.#limits.acceptFailed(fault, error);
  }

  /** @inheritdoc */
  bug(error: unknown): void {
    const text = errorStack(error);
    this.#log.write("error", undefined, "Bug: the API failed in an unexpected way", { error: text });
  }
}
