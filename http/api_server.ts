/**
 * The API on its addresses.
 *
 * @module
 */
import { Api } from "./api.ts";
import type { HttpAddress } from "./options.ts";
import type { ApiDeps, ApiLog } from "./ports.ts";

/** How long answers under way may take at the end, milliseconds. */
const LAST_ANSWERS_MS = 1000;

/** Where and as whom the API listens. */
export interface ApiServerOptions {
  /** At least one. */
  readonly listen: readonly HttpAddress[];
  /** As in `ApiOptions`. */
  readonly hosts: readonly string[];
}

/** A listening API. */
export class ApiServer {
  readonly #servers: readonly Deno.HttpServer<Deno.NetAddr>[];

  private constructor(servers: readonly Deno.HttpServer<Deno.NetAddr>[]) {
    this.#servers = servers;
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.serve`; nothing is left open then.
   */
  static async listen({ listen, hosts }: ApiServerOptions, deps: ApiDeps): Promise<ApiServer> {
    const api = new Api(hosts, deps);
    const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
    const server = new ApiServer(servers);
    try {
      for (const address of listen) servers.push(serve(address, api, deps.log));
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** Where it listens, with the ports that the system chose. */
  get addresses(): readonly HttpAddress[] {
    return this.#servers.map(({ addr: { hostname, port } }) => ({ hostname, port }));
  }

  /** Take no more requests; answers under way have a second. Settles then at the latest. */
  async close(): Promise<void> {
    const late = Promise.withResolvers<void>();
    // A request that never arrives whole may keep its server open for ever: nobody waits for it.
    const timer = setTimeout(late.resolve, LAST_ANSWERS_MS);
    await Promise.race([Promise.all(this.#servers.map((server) => server.shutdown())), late.promise]);
    clearTimeout(timer);
  }
}

function serve(
  { hostname, port }: HttpAddress,
  api: Api,
  log: ApiLog,
): Deno.HttpServer<Deno.NetAddr> {
  const onError = (error: unknown): Response => {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    log.write("error", undefined, "bug: the API failed in an unexpected way", { error: text });
    return new Response(null, { status: 500 });
  };
  return Deno.serve(
    { hostname, port, onError, onListen: () => {} },
    (request, { remoteAddr }) => api.handle(request, remoteAddr.hostname),
  );
}
