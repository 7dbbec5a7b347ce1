/**
 * The configuration in force.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { flag, nullable, object, text } from "../schema/json_schema.ts";

const SETTING = object({
  vhost: nullable(text("The vhost's name, null for keys outside of vhosts.")),
  key: text("Dotted path."),
  value: text("As TOML."),
  masked: flag("Whether secrets in the value are replaced."),
  origin: text("default, or the variable, or the file and line that set it."),
});

/** Routes of the configuration. */
export function configRoutes({ deps, pages }: ApiContext): readonly ApiRoute[] {
  return [{
    method: "GET",
    path: "/api/v1/config",
    scope: "admin",
    summary: "The configuration in force, without its secrets.",
    query: PAGE_QUERY,
    answer: pageAnswer("settings", SETTING),
    handle: (call) =>
      pages.answer(call, "settings", () => ({
        members: deps.settings,
        show: ({ vhost, key, value, masked, origin }) => ({
          vhost: vhost ?? null,
          key,
          value,
          masked,
          origin,
        }),
      })),
  }];
}
