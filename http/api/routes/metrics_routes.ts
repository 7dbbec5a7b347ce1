/**
 * Metrics for Prometheus.
 *
 * @module
 */
import { metricsOf } from "../../metrics.ts";
import { METRICS_TYPE } from "../../metrics_text.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { textReply } from "../reply.ts";

/** Routes of the metrics. */
export function metricsRoutes({ deps, snapshots, view }: ApiContext): readonly ApiRoute[] {
  const { media, hooks, identity, process } = deps;
  return [{
    method: "GET",
    path: "/metrics",
    scope: "read",
    summary: "Metrics for Prometheus.",
    answer: { kind: "text", contentType: METRICS_TYPE },
    handle: async () => {
      const snapshot = await snapshots.current();
      const limits = media.limitCounts();
      const { mask } = view;
      const text = metricsOf({ snapshot, limits, hooks: hooks.snapshot(), identity, process, mask });
      return textReply(text, METRICS_TYPE);
    },
  }];
}
