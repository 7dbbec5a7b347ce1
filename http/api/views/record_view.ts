/**
 * A recording as the API shows it. Pure.
 *
 * @module
 */
import type { ListedRecording } from "../../../core/mod.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, nullable, number, object, type Schema, text } from "../schema/json_schema.ts";

/** One of `records`. */
export const RECORD: Schema = object({
  id: text("`rec-` and 12 characters, never the same twice."),
  vhost: text("The name of its vhost."),
  app: text("Its app."),
  stream: text("The stream's public name."),
  file: text("From the server's working directory, unless it is absolute; ends in .tmp while it is written."),
  start: text("When its first frame came, RFC 3339 in UTC."),
  duration: number("Of its media, seconds; while it is written, since its start."),
  bytes: count("Its size, as far as it is written."),
  running: flag("Whether it is being written."),
  reason: nullable(text("Why it ended, as in `on_dvr`; null while it is written.")),
  client_id: count("The publisher's."),
  session_id: nullable(text("Of the publish, as in the events; null where no hook was asked.")),
});

/** One recording. */
export function recordView(recording: ListedRecording): JsonObject {
  const { id, vhost, app, stream, file, startMs, durationMs, bytes, reason, clientId, sessionId } = recording;
  return {
    ...{ id, vhost, app, stream, file },
    start: new Date(startMs).toISOString(),
    duration: Math.round(durationMs) / 1000,
    bytes,
    running: reason === undefined,
    reason: reason ?? null,
    client_id: clientId,
    session_id: sessionId === "" ? null : sessionId,
  };
}
