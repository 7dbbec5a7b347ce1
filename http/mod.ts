/**
 * The HTTP room: the management API and the metrics.
 *
 * {@link ApiServer} is the whole of it for the rest of the server. `api.ts` takes a request apart and chooses the
 * answer, `caller_check.ts` says who may ask, the `_view.ts` files spell snapshots as JSON, `metrics.ts` for
 * Prometheus.
 *
 * @module
 */
export { ApiServer, type ApiServerOptions } from "./api_server.ts";
export type { ApiOptions, HttpAddress, HttpListener, HttpOptions } from "./options.ts";
export type {
  ApiDeps,
  ApiLog,
  HooksView,
  Identity,
  KickOptions,
  Media,
  ProcessFacts,
  VhostFacts,
} from "./ports.ts";
