/**
 * A row of the outbox as the API shows it. Pure.
 *
 * @module
 */
import type { OutboxEntry, RowState } from "../../../hooks/mod.ts";
import type { JsonObject } from "../reply.ts";
import { count, nullable, object, oneOfTexts, type Schema, text } from "../schema/json_schema.ts";

/** In the order of a list of all. */
export const ROW_STATES: readonly RowState[] = ["due", "open", "asked", "dead"];

/** One of `rows`. */
export const HOOK_ROW: Schema = object({
  id: text("The webhook id."),
  state: oneOfTexts(
    ROW_STATES,
    "open and asked wait for the end of their session, due for delivery, dead for you.",
  ),
  event: text("Its name."),
  url: text("Where it is to go, its secrets replaced."),
  client_id: count("The connection that it belongs to."),
  vhost: text("Whose hook it is."),
  app: text("Of the session."),
  stream: text("Of the session, empty for a connection without one."),
  due_ms: count("When it became due, milliseconds since 1970; of others when it was made."),
  attempts: count("So far."),
  next_ms: nullable(count("Not before this moment, milliseconds since 1970; null where nothing has failed.")),
  after: nullable(text("The id of the event that has to be delivered first, null where none has.")),
  cause: text("What went wrong last, empty for nothing."),
});

/** One row. */
export function hookRowView(entry: OutboxEntry, mask: (text: string) => string): JsonObject {
  const { id, state, event, clientId, vhost, app, dueAt, attempts, nextAt, after } = entry;
  return {
    ...{ id, state, event, url: mask(entry.url), client_id: clientId, vhost, app: mask(app) },
    ...{ stream: mask(entry.stream), due_ms: Math.max(0, dueAt), attempts },
    ...{ next_ms: nextAt ?? null, after: after ?? null, cause: mask(entry.cause) },
  };
}
