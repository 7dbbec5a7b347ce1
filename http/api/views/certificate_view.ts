/**
 * What TLS identifies itself with. Pure.
 *
 * @module
 */
import type { CertificateFacts } from "../../../core/mod.ts";
import type { JsonObject } from "../reply.ts";
import { number, object, type Schema, text } from "../schema/json_schema.ts";

const DAY_MS = 86_400_000;

/** One certificate. */
export const CERTIFICATE: Schema = object({
  listener: text("Section of the configuration: rtmps, http_server.https or http_api.https."),
  file: text("As it is configured."),
  subject: text("Whom it is for."),
  not_before: text("When it begins, as in ISO 8601."),
  not_after: text("When it ends."),
  days_left: number("Until then; below 0 it has ended."),
  loaded: text("Since when it is in use."),
}, { problem: text("Why newer files are not in use.") });

/** One certificate at this moment, milliseconds since 1970. */
export function certificateView(certificate: CertificateFacts, wallMs: number): JsonObject {
  const { listener, file, subject, notBeforeMs, notAfterMs, loadedMs, problem } = certificate;
  return {
    ...{ listener, file, subject },
    not_before: new Date(notBeforeMs).toISOString(),
    not_after: new Date(notAfterMs).toISOString(),
    days_left: Math.round((notAfterMs - wallMs) / DAY_MS * 10) / 10,
    loaded: new Date(loadedMs).toISOString(),
    ...(problem === undefined ? {} : { problem }),
  };
}
