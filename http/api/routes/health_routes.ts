/**
 * For load balancers and supervisors: whether the process serves, and whether it wants clients.
 *
 * @module
 */
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { jsonReply } from "../reply.ts";
import { count, flag, object } from "../schema/json_schema.ts";

const CODE = count("0 where all is well.");

/** Routes of the health: open to all, and they say nothing of clients. */
export function healthRoutes({ deps }: ApiContext): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: "/healthz",
      scope: "open",
      summary: "Whether the process serves: it answers.",
      answer: { kind: "json", schema: object({ code: CODE }) },
      handle: () => jsonReply({ code: ApiCode.Ok }),
    },
    {
      method: "GET",
      path: "/readyz",
      scope: "open",
      summary: "Whether the server wants clients; 503 where it does not.",
      answer: {
        kind: "json",
        schema: object({
          code: CODE,
          listening: flag("All threads accept clients."),
          outbox: flag("What hooks are owed can be kept."),
          draining: flag("The server is stopping."),
        }),
      },
      handle: () => {
        const { listening, outbox, draining } = deps.readiness();
        const isReady = listening && outbox && !draining;
        const code = isReady ? ApiCode.Ok : ApiCode.NotReady;
        return jsonReply({ code, listening, outbox, draining }, { status: isReady ? 200 : 503 });
      },
    },
  ];
}
