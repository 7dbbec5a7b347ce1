/**
 * Clients: the list, one of them, and ending it.
 *
 * @module
 */
import type { ClientSnapshot } from "../../../stream/live/mod.ts";
import type { ByteText } from "../../byte_text.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { choiceOf } from "../choice_parameter.ts";
import { holdOf } from "../hold_parameter.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply, memberReply } from "../reply.ts";
import { number, oneOfTexts, text } from "../schema/json_schema.ts";
import { clientFinder, SEARCH_QUERY } from "../search.ts";
import { CLIENT, clientRows } from "../views/client_view.ts";

/** As numbers are written in the lists: "01" is nobody. */
const CLIENT_ID = /^(?:0|[1-9]\d{0,14})$/;

const ROLES = ["publish", "play", "none"] as const;

/** Routes of clients. */
export function clientRoutes(context: ApiContext): readonly ApiRoute[] {
  const { deps: { identity }, snapshots, pages, view } = context;
  const rows = clientRows(view);
  const write = (client: ClientSnapshot, to: ByteText) => rows.write(client, to);
  return [
    {
      method: "GET",
      path: "/api/v1/clients",
      scope: "read",
      summary: "All clients, by their ids.",
      query: {
        ...{ ...PAGE_QUERY, ...SEARCH_QUERY },
        stream: text("Only those of the stream of this id."),
        role: oneOfTexts(ROLES, "Only publishers, players, or those that are neither yet."),
      },
      answer: pageAnswer("clients", CLIENT),
      handle: (call) => {
        const role = choiceOf(call.query, "role", ROLES);
        if (role instanceof Response) return role;
        return pages.answer(call, "clients", async () => {
          const { clients } = await snapshots.current();
          rows.expect(clients.length);
          return { members: clients.filter(wantedBy(call.query, role)), write };
        });
      },
    },
    {
      method: "GET",
      path: "/api/v1/clients/{id}",
      scope: "read",
      summary: "One client.",
      answer: { kind: "data", members: { client: CLIENT } },
      handle: async ({ params }) => {
        const { clients } = await snapshots.current();
        rows.expect(clients.length);
        const client = clients.find(({ clientId }) => String(clientId) === params["id"]);
        return client === undefined ? noSuchClient() : memberReply(identity, "client", client, write);
      },
    },
    {
      method: "DELETE",
      path: "/api/v1/clients/{id}",
      scope: "kick",
      summary: "End a client's connection; ?hold=60 keeps its publish away for 60 s.",
      query: { hold: number("Seconds for which a publisher's name is kept from it, 0 to 86400.") },
      answer: { kind: "data", members: {} },
      handle: (call) => kick(context, call),
    },
  ];
}

function wantedBy(
  query: URLSearchParams,
  role: ClientSnapshot["role"] | undefined,
): (client: ClientSnapshot) => boolean {
  const isFound = clientFinder(query);
  const stream = query.get("stream");
  return (client) =>
    (stream === null || client.streamId === stream) && (role === undefined || client.role === role) &&
    isFound(client);
}

async function kick(
  { deps, snapshots }: ApiContext,
  { params: { id = "" }, query, ip, caller }: ApiCall,
): Promise<Response> {
  if (!CLIENT_ID.test(id)) return noSuchClient();
  const clientId = Number(id);
  const hold = holdOf(query);
  if ("fault" in hold) return codeReply(ApiCode.BadParameter, hold.fault, { status: 400 });
  if (!await deps.media.kick(clientId, hold)) return noSuchClient();
  snapshots.forget();
  deps.log.write("trace", clientId, "Connection ended by the API", {
    by: ip,
    caller: caller.name,
    hold_ms: hold.holdMs,
  });
  return dataReply(deps.identity, {});
}

function noSuchClient(): Response {
  return codeReply(ApiCode.ClientNotFound, "No client of this id");
}
