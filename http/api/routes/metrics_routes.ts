/**
 * Metrics for Prometheus.
 *
 * @module
 */
import { METRICS_TYPES } from "../../metrics/metrics_text.ts";
import { headerOf } from "../../server/request_head.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";

/** Routes of the metrics. */
export function metricsRoutes({ deps: { metrics }, snapshots }: ApiContext): readonly ApiRoute[] {
  return [{
    method: "GET",
    path: "/metrics",
    scope: "read",
    summary: "Metrics for Prometheus; OpenMetrics where Accept names it.",
    answer: { kind: "text", contentType: METRICS_TYPES.prometheus },
    handle: async ({ head }) => metrics.answer(await snapshots.current(), headerOf(head, "accept")),
  }];
}
