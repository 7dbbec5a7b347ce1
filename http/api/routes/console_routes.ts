/**
 * What the console is made of: its files. The page itself is at `/`, where a browser asks for it.
 *
 * @module
 */
import type { PageAssets } from "../../pages/page_assets.ts";
import type { ApiRoute } from "../api_route.ts";

/** Routes of files; the document of the API does not list them. */
export function consoleRoutes(assets: PageAssets): readonly ApiRoute[] {
  const file = (path: string, scope: ApiRoute["scope"]): ApiRoute => ({
    method: "GET",
    path,
    scope,
    summary: "A file of the console.",
    answer: { kind: "text", contentType: "text/plain" },
    handle: ({ request }) => assets.respond(request),
  });
  return [file("/-/{version}/{name}", "read"), file("/favicon.ico", "open")];
}
