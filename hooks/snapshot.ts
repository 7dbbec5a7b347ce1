/**
 * What can be seen of the hooks from outside, for the API and the metrics.
 *
 * @module
 */
import type { CallStatsSnapshot } from "./client/call_stats.ts";
import type { Endpoints } from "./client/endpoints.ts";
import type { OriginSnapshot } from "./client/origin.ts";

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

/** What is owed. */
export interface OutboxSnapshot {
  /** The file, `""` for memory only. */
  readonly path: string;
  /** What keeps the file from being written, `undefined` when all is well. */
  readonly alarm: string | undefined;
  /** Endings of sessions that are asked about or open. */
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
  outbox: Omit<OutboxSnapshot, "oldestMs">,
): HooksSnapshot {
  const origins = Array.from(endpoints.origins(), (origin) => origin.snapshot());
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
