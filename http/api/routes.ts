/**
 * All routes of the API.
 *
 * @module
 */
import type { ApiContext } from "./api_context.ts";
import type { ApiRoute } from "./api_route.ts";
import { banRoutes } from "./routes/ban_routes.ts";
import { clientRoutes } from "./routes/client_routes.ts";
import { configRoutes } from "./routes/config_routes.ts";
import { drainRoutes } from "./routes/drain_routes.ts";
import { eventRoutes } from "./routes/event_routes.ts";
import { forwardRoutes } from "./routes/forward_routes.ts";
import { healthRoutes } from "./routes/health_routes.ts";
import { hookCallRoutes } from "./routes/hook_call_routes.ts";
import { hookRoutes } from "./routes/hook_routes.ts";
import { hookRowRoutes } from "./routes/hook_row_routes.ts";
import { logRoutes } from "./routes/log_routes.ts";
import { metricsRoutes } from "./routes/metrics_routes.ts";
import { pullRoutes } from "./routes/pull_routes.ts";
import { recordRoutes } from "./routes/record_routes.ts";
import { relayRoutes } from "./routes/relay_routes.ts";
import { reloadRoutes } from "./routes/reload_routes.ts";
import { rootRoutes } from "./routes/root_routes.ts";
import { serverRoutes } from "./routes/server_routes.ts";
import { streamRoutes } from "./routes/stream_routes.ts";
import { vhostRoutes } from "./routes/vhost_routes.ts";

/** Below it is all but the metrics and the health. */
export const ROOT = "/api/v1";

/** The table, in the order in which the document lists it. */
export function allRoutes(context: ApiContext): readonly ApiRoute[] {
  const routes = [
    ...serverRoutes(context),
    ...vhostRoutes(context),
    ...streamRoutes(context),
    ...forwardRoutes(context),
    ...pullRoutes(context),
    ...relayRoutes(context),
    ...clientRoutes(context),
    ...banRoutes(context),
    ...hookRoutes(context),
    ...hookCallRoutes(context),
    ...hookRowRoutes(context),
    ...recordRoutes(context),
    ...configRoutes(context),
    ...reloadRoutes(context),
    ...eventRoutes(context),
    ...logRoutes(context),
    ...drainRoutes(context),
    ...metricsRoutes(context),
    ...healthRoutes(context),
  ];
  return [...rootRoutes(context, routes), ...routes];
}
