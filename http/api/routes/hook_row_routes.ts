/**
 * What hooks are owed: the list, sending a dead event again, and forgetting it.
 *
 * @module
 */
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiCall, ApiRoute } from "../api_route.ts";
import { choiceOf } from "../choice_parameter.ts";
import { PAGE_QUERY, pageAnswer } from "../list_pages.ts";
import { codeReply, dataReply } from "../reply.ts";
import { oneOfTexts } from "../schema/json_schema.ts";
import { HOOK_ROW, hookRowView, ROW_STATES } from "../views/hook_row_view.ts";

/** What `HookRows` rejects with, by its name: this room has the types of the hooks alone. */
const OUTBOX_ERROR = "OutboxError";

/** Routes of rows. */
export function hookRowRoutes(context: ApiContext): readonly ApiRoute[] {
  const { deps: { hookRows } } = context;
  return [
    {
      method: "GET",
      path: "/api/v1/hooks/rows",
      scope: "read",
      summary: "What hooks are owed, the oldest 1000 of each state; ?state=dead for what was given up.",
      query: { ...PAGE_QUERY, state: oneOfTexts(ROW_STATES, "Only these.") },
      answer: pageAnswer("rows", HOOK_ROW),
      handle: (call) => list(context, call),
    },
    {
      method: "POST",
      path: "/api/v1/hooks/rows/{id}/replay",
      scope: "admin",
      summary: "Send a dead event again, with its webhook id.",
      answer: { kind: "data", members: {} },
      handle: (call) => change(context, call, "Hook event replayed by the API", (id) => hookRows.replay(id)),
    },
    {
      method: "DELETE",
      path: "/api/v1/hooks/rows/{id}",
      scope: "admin",
      summary: "Forget a dead event.",
      answer: { kind: "data", members: {} },
      handle: (call) => change(context, call, "Hook event dropped by the API", (id) => hookRows.drop(id)),
    },
  ];
}

function list({ deps: { hookRows }, pages, view }: ApiContext, call: ApiCall): Promise<Response> {
  const state = choiceOf(call.query, "state", ROW_STATES);
  if (state instanceof Response) return Promise.resolve(state);
  return guarded(() =>
    pages.answer(call, "rows", async () => ({
      members: await hookRows.list(state === undefined ? ROW_STATES : [state]),
      show: (entry) => hookRowView(entry, view.mask),
    }))
  );
}

function change(
  { deps: { identity, log } }: ApiContext,
  { params: { id = "" }, ip, caller }: ApiCall,
  message: string,
  act: (id: string) => Promise<boolean>,
): Promise<Response> {
  return guarded(async () => {
    if (!await act(id)) return codeReply(ApiCode.HookRowNotFound, "No dead event of this id");
    log.write("trace", undefined, message, { by: ip, caller: caller.name, id });
    return dataReply(identity, {});
  });
}

async function guarded(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== OUTBOX_ERROR) throw error;
    return codeReply(ApiCode.OutboxUnusable, error.message, { status: 409 });
  }
}
