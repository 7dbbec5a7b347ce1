/**
 * What can be seen of the hooks from outside, for the API and the metrics.
 *
 * @module
 */
import type { CallStatsSnapshot } from "./client/call_stats.ts";
import type { Endpoints } from "./client/endpoints.ts";
import type { Backlog, DeliveryService } from "./delivery/delivery_service.ts";

/** One event's address. */
export interface EndpointSnapshot extends CallStatsSnapshot {
  /** Whose hook it is. */
  readonly vhost: string;
  /** Event name. */
  readonly event: string;
  /** As it is configured. */
  readonly url: string;
  /** The origin that its queue and breaker belong to. */
  readonly origin: string;
}

/** An origin, its calls and what waits for it. */
export interface OriginSnapshot extends Backlog {
  /** Scheme, host and port. */
  readonly origin: string;
  /** State of the breaker. */
  readonly breaker: string;
  /** Calls under way. */
  readonly activeCalls: number;
  /** Requests that wait for a free call. */
  readonly waitingRequests: number;
}

/** What is owed. */
export interface OutboxSnapshot {
  /** The file, `""` for memory only. */
  readonly path: string;
  /** Why the file cannot be written, `undefined` when it can. */
  readonly alarm: string | undefined;
  /** Endings of sessions that are open or wait for their answer. */
  readonly open: number;
  /** Events to deliver. */
  readonly undelivered: number;
  /** Their size, roughly. */
  readonly undeliveredBytes: number;
  /** Age of the oldest in milliseconds. */
  readonly oldestMs: number;
  /** Events given up. */
  readonly dead: number;
}

/** Everything at one moment. */
export interface HooksSnapshot {
  /** Of this process. */
  readonly serviceId: string;
  /** By vhost, event and address. */
  readonly endpoints: readonly EndpointSnapshot[];
  /** By scheme, host and port. */
  readonly origins: readonly OriginSnapshot[];
  /** What is owed. */
  readonly outbox: OutboxSnapshot;
}

/** Look at everything. */
export function takeSnapshot(
  serviceId: string,
  endpoints: Endpoints,
  deliveries: DeliveryService,
  outbox: Omit<OutboxSnapshot, "oldestMs">,
): HooksSnapshot {
  const origins = Array.from(endpoints.origins(), (origin): OriginSnapshot => {
    const { active, waiting } = origin.slots.counts;
    return {
      origin: origin.name,
      breaker: origin.breaker.state,
      activeCalls: active,
      waitingRequests: waiting,
      ...deliveries.backlog(origin),
    };
  });
  return {
    serviceId,
    endpoints: Array.from(endpoints.all(), ({ vhost, event, url, origin, stats }) => ({
      vhost,
      event,
      url,
      origin: origin.name,
      ...stats.snapshot(),
    })),
    origins,
    outbox: { ...outbox, oldestMs: Math.max(0, ...origins.map((origin) => origin.oldestMs)) },
  };
}
