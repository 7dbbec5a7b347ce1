/**
 * The hooks room: every moment that matters is requested from, or reported to, the operator's own HTTP service.
 *
 * {@link HookService} is the whole of it for the rest of the server. `decisions/` runs a request (addresses in order,
 * one deadline), `client/` makes one call to one address, `contract/` has what is sent and what an answer means. A
 * session that may be owed an ending has rows in `outbox/` from before its first call until `delivery/` has delivered
 * the ending through its origin's queue. `tools/` has the default hook server and the probe of the command line.
 *
 * @module
 */
export * from "./options.ts";
export type { EndpointSnapshot, HooksSnapshot, OriginSnapshot, OutboxSnapshot } from "./snapshot.ts";
export type { Backlog } from "./delivery/delivery_service.ts";
export type { HookCall } from "./client/call_history.ts";
export type { CallStatsSnapshot, CallVerdict } from "./client/call_stats.ts";
export { OutboxError } from "./outbox/outbox_database.ts";
export type { RecordedPublish, RecordingReports } from "./decisions/recording_reports.ts";
export { HookService, type HookServiceDeps } from "./hook_service.ts";
export type { Undelivered } from "./undelivered.ts";
export type { ClientIdBlocks, ReserveBlock } from "./outbox/client_ids.ts";
export type { HookTimings } from "./timings.ts";
export type { BackoffOptions } from "./delivery/backoff.ts";
export type { RandomBytes } from "./contract/ids.ts";
export { HookServer, type HookServerOptions, type Print } from "./tools/hook_server.ts";
export { OutboxAdmin } from "./outbox/outbox_admin.ts";
export { OutboxDesk } from "./outbox/outbox_desk.ts";
export type { OutboxEntry } from "./outbox/outbox_entry.ts";
export type { RowState } from "./outbox/outbox_row.ts";
export { probeHook, type ProbeResult, type ProbeValues } from "./tools/hook_probe.ts";
// Types of other rooms that these show.
export type * from "../core/mod.ts";
