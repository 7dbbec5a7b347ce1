/**
 * The hooks as the API shows them: every address with its calls, every origin with its queue, and the outbox. Pure.
 *
 * @module
 */
import type { EndpointSnapshot, HooksSnapshot, OriginSnapshot, OutboxSnapshot } from "../hooks/mod.ts";
import type { JsonObject } from "./reply.ts";

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
