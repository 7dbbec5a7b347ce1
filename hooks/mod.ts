/**
 * The hooks room: every moment that matters is asked of, or told to, the operator's own HTTP service.
 *
 * {@link HookService} is the whole of it for the rest of the server. `ask` goes through `asker.ts` (addresses in
 * order, one deadline), `dispatcher.ts` (one call) and `caller.ts` (one `fetch`); `answer.ts` holds the answer
 * table. A session that may be owed an ending has rows in `outbox.ts` from before its first call until the ending
 * is delivered by `courier.ts` through its origin's `delivery_queue.ts`.
 *
 * @module
 */
export * from "./options.ts";
export type { EndpointSnapshot, HooksSnapshot, OutboxSnapshot } from "./snapshot.ts";
export type { CallStatsSnapshot, CallVerdict } from "./call_stats.ts";
export type { OriginSnapshot } from "./origin.ts";
export { OutboxError } from "./outbox_database.ts";
export { HookService, type HookServiceDeps, type Undelivered } from "./hook_service.ts";
export type { HookTimings } from "./timings.ts";
export type { BackoffOptions } from "./backoff.ts";
export type { RandomBytes } from "./ids.ts";
export { HookServer, type HookServerOptions, type Print } from "./hook_server.ts";
export { ProcessLock } from "./process_lock.ts";
export { OutboxAdmin, type OutboxEntry } from "./outbox_admin.ts";
export type { RowState } from "./outbox_row.ts";
export { probeHook, type ProbeResult, type ProbeValues } from "./hook_probe.ts";
