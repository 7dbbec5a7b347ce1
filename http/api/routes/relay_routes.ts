/**
 * All streams on their way between this server and others.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { RELAY, relaysOf, relayView } from "../views/relay_view.ts";

/** Routes of relays. */
export function relayRoutes({ pages, snapshots, view }: ApiContext): readonly ApiRoute[] {
  return [{
    method: "GET",
    path: "/api/v1/relays",
    scope: "read",
    summary: "Streams that come from other servers and go to them at this moment.",
    query: PAGE_QUERY,
    answer: pageAnswer("relays", RELAY),
    handle: (call) =>
      pages.answer(call, "relays", async () => ({
        members: relaysOf(await snapshots.current()),
        show: (relay) => relayView(relay, view.mask),
      })),
  }];
}
