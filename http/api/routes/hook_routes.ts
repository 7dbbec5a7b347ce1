/**
 * The HTTP callbacks.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { dataReply } from "../reply.ts";
import { HOOKS, hooksView } from "../views/hooks_view.ts";

/** Routes of the hooks. */
export function hookRoutes({ deps: { identity, hooks }, view }: ApiContext): readonly ApiRoute[] {
  return [{
    method: "GET",
    path: "/api/v1/hooks",
    scope: "read",
    summary: "The HTTP callbacks: calls, verdicts, latency, queues.",
    answer: { kind: "data", members: { hooks: HOOKS } },
    handle: () => dataReply(identity, { hooks: hooksView(hooks.snapshot(), view.mask) }),
  }];
}
