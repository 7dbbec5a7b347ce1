/**
 * How far a drain is. Pure.
 *
 * @module
 */
import type { DrainFacts } from "../../drain_port.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, nullable, object, type Schema } from "../schema/json_schema.ts";

/** A drain. */
export const DRAIN: Schema = object({
  draining: flag("Nobody more is accepted."),
  started_ms: nullable(count("When it began, milliseconds since 1970.")),
  connections: nullable(
    count("Clients that were left within the last second; null before they are counted."),
  ),
  grace_ms: nullable(count("How long clients may stay, milliseconds; 0: as long as they like.")),
});

/** @param facts `undefined` where the server is not draining. */
export function drainView(facts: DrainFacts | undefined): JsonObject {
  return {
    draining: facts !== undefined,
    started_ms: facts?.startedAt ?? null,
    connections: facts?.connections ?? null,
    grace_ms: facts?.graceMs ?? null,
  };
}
