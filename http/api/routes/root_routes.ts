/**
 * The list of routes.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { dataReply } from "../reply.ts";
import { mapOf, text } from "../schema/json_schema.ts";

const PREFIX = "/api/v1/";

/** Routes that list the others. */
export function rootRoutes({ deps }: ApiContext, routes: readonly ApiRoute[]): readonly ApiRoute[] {
  const urls = Object.fromEntries(
    routes.filter(isResource).map(({ path, summary }) => [
      path.slice(PREFIX.length),
      summary,
    ]),
  );
  return [{
    method: "GET",
    path: "/api/v1",
    scope: "read",
    summary: "What there is below this path.",
    answer: { kind: "data", members: { urls: mapOf(text("What for."), "By path, from here on.") } },
    handle: () => dataReply(deps.identity, { urls }),
  }];
}

function isResource({ method, path }: ApiRoute): boolean {
  return method === "GET" && path.startsWith(PREFIX) && !path.includes("{");
}
