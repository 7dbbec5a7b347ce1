/**
 * The server in a few numbers, as SRS's summaries. Pure.
 *
 * @module
 */
import type { ClientTotals } from "../../../stream/live/mod.ts";
import type { Identity, ProcessFacts } from "../../ports.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, mapOf, object, type Schema } from "../schema/json_schema.ts";
import { SYSTEM, systemView } from "./host_view.ts";
import { SELF, selfView } from "./process_view.ts";

/** How often clients ran into each limit. */
export const LIMITS: Schema = mapOf(count("Times since the start."), "By the limit's key.");

/** `data` of summaries. */
export const SUMMARIES: Schema = object({
  ok: flag("Whether the numbers are there."),
  now_ms: count("The time of this answer, milliseconds since 1970."),
  self: SELF,
  system: SYSTEM,
  limits: LIMITS,
  draining: flag("Nobody more is accepted; /api/v1/drain has more."),
});

/** Limits and state of a server. */
export interface ServerState {
  readonly limits: Readonly<Record<string, number>>;
  readonly draining: boolean;
}

/** Process, machine and traffic at this moment. */
export function summariesView(
  totals: ClientTotals,
  { limits, draining }: ServerState,
  identity: Identity,
  process: ProcessFacts,
): JsonObject {
  return {
    ok: true,
    now_ms: process.wallNow(),
    self: selfView(identity, process),
    system: systemView(totals, process),
    limits: { ...limits },
    draining,
  };
}
