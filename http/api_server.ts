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
  readonly #stop: AbortController;

  private constructor(servers: readonly Deno.HttpServer<Deno.NetAddr>[], stop: AbortController) {
    this.#servers = servers;
    this.#stop = stop;
  }

  /**
   * Listen on all addresses.
   *
   * @throws {Deno.errors.AddrInUse} and other errors of `Deno.serve`; nothing is left open then.
   */
  static async listen({ listen, hosts }: ApiServerOptions, deps: ApiDeps): Promise<ApiServer> {
    const api = new Api(hosts, deps);
    const stop = new AbortController();
    const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
    const server = new ApiServer(servers, stop);
    try {
      for (const address of listen) servers.push(serve(address, api, { signal: stop.signal, log: deps.log }));
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
    const timer = setTimeout(() => {
      this.#stop.abort();
      // A request that never arrives whole may keep its server open for ever: nobody waits for it.
      late.resolve();
    }, LAST_ANSWERS_MS);
    await Promise.race([Promise.all(this.#servers.map((server) => server.shutdown())), late.promise]);
    clearTimeout(timer);
  }
}

function serve(
  { hostname, port }: HttpAddress,
  api: Api,
  { signal, log }: { readonly signal: AbortSignal; readonly log: ApiLog },
): Deno.HttpServer<Deno.NetAddr> {
  const onError = (error: unknown): Response => {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    log.write("error", undefined, "bug: the API failed in an unexpected way", { error: text });
    return new Response(null, { status: 500 });
  };
  return Deno.serve(
    { hostname, port, signal, onError, onListen: () => {} },
    (request, { remoteAddr }) => api.handle(request, remoteAddr.hostname),
  );
}
