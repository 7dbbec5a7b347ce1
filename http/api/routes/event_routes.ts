/**
 * Events as they happen.
 *
 * @module
 */
import { EventFilter } from "../../events/event_filter.ts";
import { readEventId } from "../../events/event_text.ts";
import { headerOf } from "../../server/request_head.ts";
import { ApiCode } from "../api_code.ts";
import type { ApiContext } from "../api_context.ts";
import type { ApiRoute } from "../api_route.ts";
import { codeReply } from "../reply.ts";
import { text } from "../schema/json_schema.ts";

/** Routes of the events. */
export function eventRoutes({ deps: { events, limits } }: ApiContext): readonly ApiRoute[] {
  const stalled = (ip: string): void =>
    limits.hit("http_api.write_timeout", { ip, detail: "A listener of events took none of them" });
  return [{
    method: "GET",
    path: "/api/v1/events",
    scope: "read",
    summary:
      "What happens to clients and streams, as server-sent events; goes on after Last-Event-ID. Ends within " +
      "two seconds of a reload that no longer accepts the credentials of the request.",
    query: {
      vhost: text("Events of this vhost alone."),
      app: text("Events of this app alone."),
      stream: text("Events of streams of this name alone."),
      kind: text("Events of these kinds alone, separated by commas."),
      last_event_id: text("For clients that cannot send Last-Event-ID."),
    },
    answer: { kind: "text", contentType: "text/event-stream" },
    handle: ({ head, query, isStillAdmitted, crossOrigin: headers }) => {
      const filter = EventFilter.of(query);
      if (typeof filter === "string") return refuse(filter);
      const last = headerOf(head, "last-event-id") || (query.get("last_event_id") ?? "");
      if (last === "") return events.listen({ filter, headers, isStillAdmitted, stalled });
      const after = readEventId(last);
      if (after === undefined) return refuse("Last-Event-ID is not the id of an event");
      const fault = events.faultOf(after);
      return fault === undefined
        ? events.listen({ filter, after, headers, isStillAdmitted, stalled })
        : refuse(fault);
    },
  }];
}

function refuse(reason: string): Response {
  return codeReply(ApiCode.BadParameter, reason, { status: 400 });
}
