/**
 * The server itself: its version, and a few numbers.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { dataReply } from "../reply.ts";
import { SUMMARIES, summariesView, VERSION, versionView } from "../views/summaries_view.ts";

/** Routes of the server. */
export function serverRoutes({ deps, snapshots }: ApiContext): readonly ApiRoute[] {
  const { identity, process, media } = deps;
  return [
    {
      method: "GET",
      path: "/api/v1/versions",
      scope: "read",
      summary: "The version of this server.",
      answer: { kind: "data", members: { data: VERSION } },
      handle: () => dataReply(identity, { data: versionView(identity.version) }),
    },
    {
      method: "GET",
      path: "/api/v1/summaries",
      scope: "read",
      summary: "The server in a few numbers.",
      answer: { kind: "data", members: { data: SUMMARIES } },
      handle: async () => {
        const snapshot = await snapshots.current();
        const data = { ...summariesView(snapshot, identity, process), limits: { ...media.limitCounts() } };
        return dataReply(identity, { data });
      },
    },
  ];
}
