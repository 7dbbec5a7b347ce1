/**
 * The drain: nobody more is accepted, and the server ends with its last client.
 *
 * @module
 */
import type { ApiContext } from "../api_context.ts";
import type { ApiAnswer, ApiRoute } from "../api_route.ts";
import { dataReply } from "../reply.ts";
import { DRAIN, drainView } from "../views/drain_view.ts";

const PATH = "/api/v1/drain";
const ANSWER: ApiAnswer = { kind: "data", members: { drain: DRAIN } };

/** Routes of the drain. */
export function drainRoutes({ deps }: ApiContext): readonly ApiRoute[] {
  const { identity, drain } = deps;
  const show = (): Response => dataReply(identity, { drain: drainView(drain.facts()) });
  return [
    {
      method: "GET",
      path: PATH,
      scope: "read",
      summary: "Whether the server is draining, and how many clients are left.",
      answer: ANSWER,
      handle: show,
    },
    {
      method: "POST",
      path: PATH,
      scope: "admin",
      summary: "Accept nobody more, and end once the last client has gone, or after grace_drain.",
      answer: ANSWER,
      handle: ({ ip, caller }) => {
        drain.start(`${caller.name} at ${ip}`);
        return show();
      },
    },
  ];
}
