/**
 * Forwards of a stream: the list, a new one, and the end of one.
 *
 * @module
 */
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { badBody, readJsonBody } from "../json_body.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply } from "../reply.ts";
import { object, text } from "../schema/json_schema.ts";
import { FORWARD, forwardView } from "../views/forward_view.ts";

const MAX_URL = 2000;
const PATH = "/api/v1/streams/{id}/forwards";

/** Routes of forwards. */
export function forwardRoutes(context: ApiContext): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: PATH,
      scope: "read",
      summary: "Servers that a stream is brought to.",
      query: PAGE_QUERY,
      answer: pageAnswer("forwards", FORWARD),
      handle: (call) => list(context, call),
    },
    {
      method: "POST",
      path: PATH,
      scope: "admin",
      summary: "Bring a stream to a further server, until its publish ends.",
      body: object({
        url: text(
          "Such as rtmp://host/app/stream or rtmps://...; [vhost], [app] and [stream] are the stream's own.",
        ),
      }),
      answer: { kind: "data", members: { forward: FORWARD } },
      handle: (call) => add(context, call),
    },
    {
      method: "DELETE",
      path: `${PATH}/{forward}`,
      scope: "admin",
      summary: "Bring a stream to that server no longer.",
      answer: { kind: "data", members: {} },
      handle: (call) => remove(context, call),
    },
  ];
}

async function list({ deps, pages, view }: ApiContext, call: ApiCall): Promise<Response> {
  const answer = await deps.forward({ kind: "list", streamId: call.params["id"] ?? "" });
  if (answer.kind !== "forwards") return notPublished();
  const { forwards: members } = answer;
  return pages.answer(call, "forwards", () => ({ members, show: (one) => forwardView(one, view.mask) }));
}

async function add({ deps, view }: ApiContext, call: ApiCall): Promise<Response> {
  const { request, params: { id: streamId = "" }, ip, caller } = call;
  const body = await readJsonBody(request);
  if (body instanceof Response) return body;
  const { url, ...others } = body;
  if (Object.keys(others).length > 0 || typeof url !== "string" || url.length > MAX_URL) {
    return badBody(`it has the member url alone, a text of at most ${MAX_URL} characters`);
  }
  const answer = await deps.forward({ kind: "add", streamId, url });
  if (answer.kind === "refused") return codeReply(ApiCode.ForwardRefused, answer.reason, { status: 409 });
  if (answer.kind !== "added") return notPublished();
  const forward = forwardView(answer.forward, view.mask);
  const { id, url: to } = forward;
  deps.log.write("trace", undefined, "Forward added by the API", {
    by: ip,
    caller: caller.name,
    id: String(id),
    to: String(to),
  });
  return dataReply(deps.identity, { forward });
}

async function remove({ deps }: ApiContext, { params, ip, caller }: ApiCall): Promise<Response> {
  const { id: streamId = "", forward: id = "" } = params;
  const answer = await deps.forward({ kind: "remove", streamId, id });
  if (answer.kind === "unknown") return codeReply(ApiCode.ForwardNotFound, "No forward of this id");
  if (answer.kind !== "removed") return notPublished();
  deps.log.write("trace", undefined, "Forward removed by the API", { by: ip, caller: caller.name, id });
  return dataReply(deps.identity, {});
}

function notPublished(): Response {
  return codeReply(ApiCode.StreamNotFound, "Nobody publishes this stream");
}
