/**
 * Metrics on a listener of their own, for a Prometheus that must not reach the API.
 *
 * @module
 */
import type { Clock, ListenAddress } from "../../core/mod.ts";
import { Snapshots } from "../api/snapshots.ts";
import { ManagementEvents, WRITE_TIMEOUT_MS } from "../management_events.ts";
import type { HttpLimits } from "../options.ts";
import type { ApiLog, LimitHits, Media, MetricsWriter } from "../ports.ts";
import { ConnectionCap } from "../server/connection_cap.ts";
import type { HttpHandler } from "../server/exchange.ts";
import { HttpServer } from "../server/http_server.ts";
import { headerOf } from "../server/request_head.ts";
import { type Route, Router } from "../server/router.ts";

/** A few of Prometheus, which keep their connections: it asks again within a minute. */
const LIMITS: HttpLimits = { maxConnections: 32, headTimeoutMs: 10_000, idleTimeoutMs: 120_000 };
/** How long answers under way may take at the end, milliseconds. */
const LAST_ANSWERS_MS = 1000;

/** What the exporter needs. */
export interface ExporterDeps {
  /** Of all deadlines. */
  readonly clock: Clock;
  /** Whose metrics they are. */
  readonly media: Pick<Media, "snapshot" | "totals">;
  /** Writes them. */
  readonly page: MetricsWriter;
  /** Where limits are counted, and logged. */
  readonly limits: LimitHits;
  /** Gets what failed. */
  readonly log: ApiLog;
  /** A process that takes over may share the addresses; absent: none may. */
  readonly reusePort?: boolean;
}

/** A listening exporter. */
export class ExporterServer {
  readonly #server: HttpServer;
  readonly #snapshots: Snapshots;

  private constructor(server: HttpServer, snapshots: Snapshots) {
    this.#server = server;
    this.#snapshots = snapshots;
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`; nothing is left open then.
   */
  static listen(listen: readonly ListenAddress[], deps: ExporterDeps): ExporterServer {
    const { reusePort = false } = deps;
    const { clock, limits } = deps;
    const detail = `${LIMITS.maxConnections} already`;
    const snapshots = new Snapshots(deps.media, clock);
    const router = new Router([routeOf(deps, snapshots)], ["GET", "HEAD"]);
    const server = HttpServer.listen(
      { listen, reusePort, limits: { ...LIMITS, writeTimeoutMs: WRITE_TIMEOUT_MS, maxBodyBytes: 0 } },
      {
        clock,
        handler: (exchange) => router.handle(exchange),
        gate: new ConnectionCap(
          LIMITS.maxConnections,
          (ip) => limits.hit("exporter.max_connections", { ip, detail }),
        ),
        events: new ManagementEvents("exporter", LIMITS, deps),
      },
    );
    return new ExporterServer(server, snapshots);
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly ListenAddress[] {
    return this.#server.addresses;
  }

  /**
   * Listen there too.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.listen`.
   */
  open(listen: readonly ListenAddress[]): void {
    this.#server.open({ listen, proxyListen: [], tls: [] });
  }

  /** Listen nowhere else; connections stay. */
  keep(listen: readonly ListenAddress[]): Promise<void> {
    return this.#server.keep({ listen, proxyListen: [], tls: [] });
  }

  /** Take no more requests; answers under way have a second. Settles then at the latest. */
  async close(): Promise<void> {
    this.#snapshots[Symbol.dispose]();
    await this.#server.stopAccepting();
    await this.#server.drain(LAST_ANSWERS_MS);
  }
}

function routeOf({ page }: ExporterDeps, snapshots: Snapshots): Route {
  const handler: HttpHandler = async (exchange) => {
    const accept = headerOf(exchange.head, "accept");
    await exchange.respond(page.answer(await snapshots.current(), accept));
  };
  return { match: ({ url }) => url.pathname === "/metrics" ? handler : undefined };
}
