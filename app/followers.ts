/**
 * Those who follow what becomes of sessions: the listeners of the API, and the counts for the metrics.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import type {
  ActivityEvent,
  ActivitySink,
  Clock,
  FinishedSegment,
  Publication,
  Publications,
} from "../core/mod.ts";
import { EventFeed, SessionTally } from "../http/mod.ts";
import { maskSecrets } from "../system/log/mod.ts";
import { FollowedPublishes } from "./followed_publishes.ts";

/** Gets the events of all threads. */
export class Followers implements ActivitySink {
  /** Counts them. */
  readonly sessions: SessionTally = new SessionTally();
  /** Sends them to listeners; it keeps none where the API is off. */
  readonly events: EventFeed;
  readonly #publishes = new FollowedPublishes();
  readonly #clock: Clock;
  #hasApi: boolean;

  /** Followers of one server. */
  constructor({ http: { api } }: Config, serviceId: string, clock: Clock) {
    this.#clock = clock;
    this.#hasApi = api.enabled;
    this.events = new EventFeed(api.eventsKept, { clock, serviceId, mask: maskSecrets });
  }

  /** Whether the API is served from here on: what it keeps for listeners is not made before. */
  setApi({ enabled }: { readonly enabled: boolean }): void {
    this.#hasApi = enabled;
  }

  /** @inheritdoc */
  emit(event: ActivityEvent): void {
    this.sessions.emit(event);
    if (!this.#hasApi) return;
    this.#publishes.note(event);
    this.events.emit(event);
  }

  /** Publishes whose segments are reported to listeners, besides what `hooked` does with them. */
  publications(hooked: Publications): Publications {
    return {
      find: (vhost, app, stream): Publication => {
        const publish = this.#publishes.find(vhost, app, stream);
        const publication = hooked.find(vhost, app, stream);
        return {
          segmentFinished: (segment) => {
            publication?.segmentFinished(segment);
            // Its first segment may be known here before its publish is, where it is muxed on another thread.
            this.#segmentFinished(publish ?? this.#publishes.find(vhost, app, stream), segment);
          },
        };
      },
    };
  }

  #segmentFinished(publish: ActivityEvent | undefined, segment: FinishedSegment): void {
    if (publish !== undefined) {
      this.emit({ ...publish, kind: "on_hls", wallMs: this.#clock.wallNow(), segment });
    }
  }
}

/** Whether anybody can follow a server with this configuration. */
export function isFollowed({ http: { api, exporter } }: Config): boolean {
  return api.enabled || exporter.enabled;
}
