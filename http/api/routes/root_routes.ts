/**
 * The lists of routes, and the OpenAPI document.
 *
 * @module
 */
import { wantsPage } from "../../pages/player_page.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { openApiDocument } from "../openapi.ts";
import { dataReply, jsonReply } from "../reply.ts";
import { mapOf, text } from "../schema/json_schema.ts";

const PREFIX = "/api/v1/";

/** Routes that list the others. `/api/v1/requests` does so too, as in SRS. */
export function rootRoutes({ deps, page }: ApiContext, routes: readonly ApiRoute[]): readonly ApiRoute[] {
  const { identity } = deps;
  const list = (path: string, urls: Readonly<Record<string, string>>): ApiRoute => ({
    method: "GET",
    path,
    scope: "read",
    summary: "What there is below this path.",
    answer: { kind: "data", members: { urls: mapOf(text("What for."), "By path.") } },
    handle: () => dataReply(identity, { urls }),
  });
  const urls = Object.fromEntries(
    routes.filter(isResource).map(({ path, summary }) => [
      path.slice(PREFIX.length),
      summary,
    ]),
  );
  const root = list("/", { api: "the management API", metrics: "metrics for Prometheus" });
  const lists: readonly ApiRoute[] = [
    {
      ...root,
      handle: (call) => wantsPage(call.request) ? page.respond(call.request) : root.handle(call),
    },
    list("/api", { v1: "the management API" }),
    list("/api/v1", urls),
    list("/api/v1/requests", urls),
  ];
  const document: ApiRoute = {
    method: "GET",
    path: "/api/v1/openapi.json",
    scope: "read",
    summary: "This document.",
    answer: { kind: "json", schema: { type: "object" } },
    handle: () => jsonReply(openApiDocument(identity.version, [...lists, document, ...routes])),
  };
  return [...lists, document];
}

function isResource({ method, path }: ApiRoute): boolean {
  return method === "GET" && path.startsWith(PREFIX) && !path.includes("{");
}
