/**
 * Streams that come from other servers: the list, a new one, and the end of one.
 *
 * @module
 */
import { DEFAULT_VHOST, type WantedPull } from "../../../core/mod.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { badBody, type JsonMembers, readJsonBody } from "../json_body.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply } from "../reply.ts";
import { flag, object, text } from "../schema/json_schema.ts";
import { PULL, pullView } from "../views/pull_view.ts";

const MAX_TEXT = 2000;
const PATH = "/api/v1/pulls";

/** Routes of pulls. */
export function pullRoutes(context: ApiContext): readonly ApiRoute[] {
  return [
    {
      method: "GET",
      path: PATH,
      scope: "read",
      summary: "Streams that come from other servers.",
      query: PAGE_QUERY,
      answer: pageAnswer("pulls", PULL),
      handle: (call) => list(context, call),
    },
    {
      method: "POST",
      path: PATH,
      scope: "admin",
      summary: "Take a stream from another server, until it is removed or the server ends.",
      body: object({
        url: text("Such as rtmp://host/app/stream, rtmps://... or https://host/name.flv."),
        app: text("Of the stream here."),
        stream: text("Name of the stream here."),
      }, {
        vhost: text("Name of the vhost here; __defaultVhost__ where absent."),
        on_demand: flag("Pull it only while somebody plays it; false where absent."),
      }),
      answer: { kind: "data", members: { pull: PULL } },
      handle: (call) => add(context, call),
    },
    {
      method: "DELETE",
      path: `${PATH}/{id}`,
      scope: "admin",
      summary: "Take a stream from another server no longer.",
      answer: { kind: "data", members: {} },
      handle: (call) => remove(context, call),
    },
  ];
}

async function list({ deps, pages, view }: ApiContext, call: ApiCall): Promise<Response> {
  const answer = await deps.pull({ kind: "list" });
  const members = answer.kind === "pulls" ? answer.pulls : [];
  return pages.answer(call, "pulls", () => ({ members, show: (one) => pullView(one, view.mask) }));
}

async function add({ deps, view }: ApiContext, call: ApiCall): Promise<Response> {
  const { request, ip, caller } = call;
  const body = await readJsonBody(request);
  if (body instanceof Response) return body;
  const wanted = wantedOf(body);
  if (typeof wanted === "string") return badBody(wanted);
  const answer = await deps.pull({ kind: "add", pull: wanted });
  if (answer.kind !== "added") {
    const reason = answer.kind === "refused" ? view.mask(answer.reason) : "The server stops";
    return codeReply(ApiCode.PullRefused, reason, { status: 409 });
  }
  const pull = pullView(answer.pull, view.mask);
  const { id, url: from } = pull;
  deps.log.write("trace", undefined, "Pull added by the API", {
    ...{ by: ip, caller: caller.name, id: String(id), from: String(from) },
  });
  return dataReply(deps.identity, { pull });
}

async function remove({ deps }: ApiContext, { params, ip, caller }: ApiCall): Promise<Response> {
  const { id = "" } = params;
  const answer = await deps.pull({ kind: "remove", id });
  if (answer.kind === "refused") return codeReply(ApiCode.PullRefused, answer.reason, { status: 409 });
  if (answer.kind !== "removed") return codeReply(ApiCode.PullNotFound, "No pull of this id");
  deps.log.write("trace", undefined, "Pull removed by the API", { by: ip, caller: caller.name, id });
  return dataReply(deps.identity, {});
}

/** What the body wants, or what is wrong with it. */
function wantedOf(body: JsonMembers): WantedPull | string {
  const { url, app, stream, vhost = DEFAULT_VHOST, on_demand: isOnDemand = false, ...others } = body;
  const isText = (value: unknown): value is string => typeof value === "string" && value.length <= MAX_TEXT;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    return `it has ${
      JSON.stringify(unknown.slice(0, 60))
    }, but may have url, app, stream, vhost and on_demand alone`;
  }
  if (!isText(url) || !isText(app) || !isText(stream) || !isText(vhost)) {
    const wrong = Object.entries({ url, app, stream, vhost }).find(([, value]) => !isText(value));
    return `${wrong?.[0]} is to be text of at most ${MAX_TEXT} characters`;
  }
  if (typeof isOnDemand !== "boolean") return "on_demand is true or false";
  return { url, app, stream, vhost, isOnDemand };
}
