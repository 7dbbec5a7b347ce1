/**
 * What a stream turned out to be, and what it became, in the log and to those who follow the server.
 *
 * @module
 */
import { formatFields } from "./format_fields.ts";
import type { SessionClient } from "../session_client.ts";
import type { ReportedUse, SessionReports } from "../session_reports.ts";
import type { ConnectFacts } from "../stream_target.ts";
import type { PublishFacts } from "../../live/mod.ts";

/** How long after its beginning a stream is described, so that codecs and metadata are known. */
export const DESCRIBE_AFTER_MS = 1000;

/** Describe it, unless that was done before: encoders repeat their metadata. */
export function describeStream(
  client: SessionClient,
  reports: SessionReports,
  reported: { readonly facts: ConnectFacts; readonly use: ReportedUse } | undefined,
  media: PublishFacts,
  described: PublishFacts | undefined,
): void {
  if (media === described || JSON.stringify(media) === JSON.stringify(described)) return;
  if (reported !== undefined) reports.described(client, reported.facts, reported.use, media);
  const fields = { url: reported?.use.stream.streamUrl, ...formatFields(media) };
  client.log("trace", "Stream format", fields);
}
