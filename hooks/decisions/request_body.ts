/**
 * The body of a request: of `on_forward` with the name that the service has given the stream by then. Pure.
 *
 * @module
 */
import type { Decisions } from "../../core/mod.ts";
import type { Endpoint } from "../client/endpoint_table.ts";
import { type SessionFacts, writePayload } from "../contract/payload.ts";

/** Write it. */
export function requestBody(
  { event, calls: { options: { payload } } }: Endpoint,
  facts: SessionFacts,
  decided: Decisions,
): string {
  if (event !== "on_forward" || facts.stream === undefined) {
    return writePayload(payload, event, facts, facts.startedAt);
  }
  const { app = facts.app, stream = facts.stream.stream } = decided;
  const named = { ...facts, app, stream: { ...facts.stream, stream } };
  return writePayload(payload, event, named, facts.startedAt);
}
