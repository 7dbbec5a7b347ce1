/**
 * Vhosts: the list, and one of them.
 *
 * @module
 */
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply } from "../reply.ts";
import { VHOST, vhostView } from "../views/vhost_view.ts";

/** Routes of vhosts. */
export function vhostRoutes({ deps, snapshots, pages, view }: ApiContext): readonly ApiRoute[] {
  const { identity } = deps;
  return [
    {
      method: "GET",
      path: "/api/v1/vhosts",
      scope: "read",
      summary: "All vhosts of the configuration.",
      query: PAGE_QUERY,
      answer: pageAnswer("vhosts", VHOST),
      handle: (call) =>
        pages.answer(call, "vhosts", async () => {
          const { clients } = await snapshots.current();
          return { members: deps.vhosts, show: (vhost) => vhostView(vhost, clients, view) };
        }),
    },
    {
      method: "GET",
      path: "/api/v1/vhosts/{id}",
      scope: "read",
      summary: "One vhost.",
      answer: { kind: "data", members: { vhost: VHOST } },
      handle: async ({ params }) => {
        const vhost = deps.vhosts.find(({ name }) => view.vhostId(name) === params["id"]);
        if (vhost === undefined) return codeReply(ApiCode.VhostNotFound, "No vhost of this id");
        const { clients } = await snapshots.current();
        return dataReply(identity, { vhost: vhostView(vhost, clients, view) });
      },
    },
  ];
}
