/**
 * Those who follow what becomes of sessions: the listeners of the API, and the counts for the metrics.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import type { ActivityEvent, ActivitySink, Clock } from "../core/mod.ts";
import { EventFeed, SessionTally } from "../http/mod.ts";
import { maskSecrets } from "../system/log/mod.ts";

/** Gets the events of all threads. */
export class Followers implements ActivitySink {
  /** Counts them. */
  readonly sessions: SessionTally = new SessionTally();
  /** Sends them to listeners; it keeps none where the API is off. */
  readonly events: EventFeed;
  readonly #hasApi: boolean;

  /** Followers of one server. */
  constructor({ http: { api } }: Config, serviceId: string, clock: Clock) {
    this.#hasApi = api.enabled;
    this.events = new EventFeed(api.eventsKept, { clock, serviceId, mask: maskSecrets });
  }

  /** @inheritdoc */
  emit(event: ActivityEvent): void {
    this.sessions.emit(event);
    if (this.#hasApi) this.events.emit(event);
  }
}

/** Whether anybody can follow a server with this configuration. */
export function isFollowed({ http: { api, exporter } }: Config): boolean {
  return api.enabled || exporter.enabled;
}
