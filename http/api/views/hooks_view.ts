/**
 * The hooks as the API shows them: every address with its calls, every origin with its queue, and the outbox. Pure.
 *
 * @module
 */
import type { EndpointSnapshot, HooksSnapshot, OriginSnapshot, OutboxSnapshot } from "../../../hooks/mod.ts";
import type { JsonObject } from "../reply.ts";
import {
  count,
  flag,
  listOf,
  mapOf,
  nullable,
  number,
  object,
  oneOfTexts,
  type Schema,
  text,
} from "../schema/json_schema.ts";

/** `hooks`. */
export const HOOKS: Schema = object({
  endpoints: listOf(object({
    vhost: text("The vhost that names the address."),
    event: text("What is sent to it."),
    url: text("The address, its secrets masked."),
    origin: text("Scheme, host and port."),
    calls: count("Calls since the start."),
    verdicts: mapOf(count("Calls."), "By what came of them."),
    latency_ms: object({ p50: number("Median."), p90: number("90 %."), p99: number("99 %.") }),
    last_error: nullable(text("What went wrong with the latest call that failed.")),
  })),
  origins: listOf(object({
    origin: text("Scheme, host and port."),
    breaker: text("closed while calls pass."),
    down: flag("Whether it does not answer."),
    active_calls: count("Calls on their way."),
    waiting_requests: count("Requests that wait for a free call."),
    queued: count("Events that wait for their delivery."),
    oldest_ms: count("Age of the oldest of them."),
  })),
  outbox: object({
    storage: oneOfTexts(["memory", "file"], "Where it is."),
    alarm: nullable(text("What keeps it from its file.")),
    open: count("Endings that are not due yet."),
    undelivered: count("Events to deliver."),
    undelivered_bytes: count("Their size, roughly."),
    oldest_ms: count("Age of the oldest of them."),
    dead: count("Events that were given up."),
  }),
});

/** Everything at one moment. Times in milliseconds. */
export function hooksView({ endpoints, origins, outbox }: HooksSnapshot, mask: Mask): JsonObject {
  return {
    endpoints: endpoints.map((endpoint) => endpointView(endpoint, mask)),
    origins: origins.map(originView),
    outbox: outboxView(outbox, mask),
  };
}

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

function endpointView(endpoint: EndpointSnapshot, mask: Mask): JsonObject {
  const { vhost, event, url, origin, calls, verdicts, p50Ms, p90Ms, p99Ms, lastError } = endpoint;
  return {
    vhost,
    event,
    url: mask(url),
    origin,
    calls,
    verdicts: { ...verdicts },
    latency_ms: { p50: p50Ms, p90: p90Ms, p99: p99Ms },
    last_error: lastError === "" ? null : mask(lastError),
  };
}

function originView(snapshot: OriginSnapshot): JsonObject {
  const { origin, breaker, down, activeCalls, waitingRequests, queued, oldestMs } = snapshot;
  return {
    origin,
    breaker,
    down,
    active_calls: activeCalls,
    waiting_requests: waitingRequests,
    queued,
    oldest_ms: Math.round(oldestMs),
  };
}

function outboxView(outbox: OutboxSnapshot, mask: Mask): JsonObject {
  const { path, alarm, open, undelivered, undeliveredBytes, oldestMs, dead } = outbox;
  return {
    storage: path === "" ? "memory" : "file",
    alarm: alarm === undefined ? null : mask(alarm),
    open,
    undelivered,
    undelivered_bytes: undeliveredBytes,
    oldest_ms: Math.round(oldestMs),
    dead,
  };
}
