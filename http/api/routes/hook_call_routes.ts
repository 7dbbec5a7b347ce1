/**
 * Calls of the hooks: the last ones, and trying one.
 *
 * @module
 */
import { DEFAULT_VHOST, HOOK_EVENT_NAMES } from "../../../core/mod.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { choiceOf } from "../choice_parameter.ts";
import { badBody, readJsonBody } from "../json_body.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply } from "../reply.ts";
import { listOf, object, oneOfTexts, text } from "../schema/json_schema.ts";
import { HOOK_CALL, HOOK_TRIAL, hookCallView, hookTrialView } from "../views/hook_call_view.ts";

const MAX_TEXT = 1024;

/** What a trial may say, and what is sent where it does not. */
const SAMPLES = {
  vhost: DEFAULT_VHOST,
  app: "live",
  stream: "livestream",
  param: "",
  ip: "127.0.0.1",
} as const;

const TRIAL_BODY = object({ event: oneOfTexts(HOOK_EVENT_NAMES, "What is sent.") }, {
  vhost: text("Whose addresses are called, the default vhost's where it is absent."),
  app: text("live where it is absent."),
  stream: text("livestream where it is absent."),
  param: text("Such as ?token=x."),
  ip: text("The client's address, 127.0.0.1 where it is absent."),
});

/** Routes of calls. */
export function hookCallRoutes(context: ApiContext): readonly ApiRoute[] {
  const { deps: { hooks }, pages, view } = context;
  return [
    {
      method: "GET",
      path: "/api/v1/hooks/calls",
      scope: "read",
      summary: "The last 500 calls of the hooks, the newest first, with verdict, time and reason.",
      query: { ...PAGE_QUERY, event: oneOfTexts(HOOK_EVENT_NAMES, "Only calls of this event.") },
      answer: pageAnswer("calls", HOOK_CALL),
      handle: (call) => {
        const event = choiceOf(call.query, "event", HOOK_EVENT_NAMES);
        if (event instanceof Response) return event;
        return pages.answer(call, "calls", () => ({
          members: hooks.calls().filter((one) => event === undefined || one.event === event),
          show: (one) => hookCallView(one, view.mask),
        }));
      },
    },
    {
      method: "POST",
      path: "/api/v1/hooks/try",
      scope: "admin",
      summary: "Call each address of an event with sample values, as srs hooks test does.",
      body: TRIAL_BODY,
      answer: { kind: "data", members: { results: listOf(HOOK_TRIAL, "In the order of the addresses.") } },
      handle: (call) => tryOne(context, call),
    },
  ];
}

async function tryOne({ deps, view }: ApiContext, { request, ip, caller }: ApiCall): Promise<Response> {
  const body = await readJsonBody(request);
  if (body instanceof Response) return body;
  const { event: wanted, ...values } = body;
  const event = HOOK_EVENT_NAMES.find((name) => name === wanted);
  if (event === undefined) return badBody(`event is one of ${HOOK_EVENT_NAMES.join(", ")}`);
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(SAMPLES, name)) return badBody(`it has a member ${JSON.stringify(name.slice(0, 40))}`);
    if (typeof value !== "string" || value.length > MAX_TEXT) return badBody(`${name} is a text`);
    texts[name] = value;
  }
  const results = await deps.tryHook(event, { ...SAMPLES, ...texts });
  if (results.length === 0) {
    const message = `No address of ${event} is configured for this vhost: set http_hooks.${event}`;
    return codeReply(ApiCode.BadParameter, message, { status: 409 });
  }
  deps.log.write("trace", undefined, "Hook tried by the API", { by: ip, caller: caller.name, event });
  return dataReply(deps.identity, { results: results.map((result) => hookTrialView(result, view.mask)) });
}
