/**
 * HLS of one thread: its streams, their viewers, and the route that leads to them.
 *
 * @module
 */
import type {
  LivePublish,
  MediaContext,
  PublishWatcher,
  PublishWatchers,
  VhostOptions,
} from "../../stream/admission/mod.ts";
import type { Timer } from "../../core/mod.ts";
import { CORS_HEADERS } from "../server/cors.ts";
import { type Allocate, ResponseMaker } from "./hls_responses.ts";
import { HlsRoute, type HlsRouteDeps } from "./hls_route.ts";
import { HlsStreams } from "./hls_streams.ts";
import { type HlsThreads, ONE_THREAD } from "./hls_threads.ts";
import { HlsViewers } from "./hls_viewers.ts";
import type { SegmentSink } from "./segment_sink.ts";
import { type IdEnvironment, ViewerIds } from "./viewer_ids.ts";

/** How often streams that nobody wants are looked for, milliseconds. */
const SWEEP_MS = 1000;

/** What outlives the process, and is the same for all its threads. */
export interface KeptHlsState {
  /** Secret that the ids of viewers are made with. */
  readonly viewerKey: Uint8Array;
  /** EXT-X-DISCONTINUITY-SEQUENCE that lists begin with: no earlier process has come to it. */
  readonly firstDiscontinuity: number;
  /** A list has come to this number. */
  discontinuityUsed(number: number): void;
}

/**
 * What HLS needs.
 *
 * @internal
 */
export interface HlsServiceDeps {
  readonly media: MediaContext;
  /** Chance and HMAC. */
  readonly environment: IdEnvironment;
  /** What outlives the process. */
  readonly kept: KeptHlsState;
  /** The other threads; absent: there are none. */
  readonly threads?: HlsThreads;
  /** Takes finished segments; absent: nobody wants them. */
  readonly sink?: SegmentSink;
  /** Gives memory for what is listed; absent: of this thread alone. */
  readonly allocate?: Allocate;
}

/** HLS of one thread. */
export class HlsService implements PublishWatcher {
  readonly #routeDeps: Omit<HlsRouteDeps, "crossdomain">;
  readonly #responses: ResponseMaker;
  readonly #streams: HlsStreams;
  readonly #publishes: PublishWatchers;
  readonly #sweeper: Timer;
  #route: HlsRoute;

  /** @param options Whether pages of any site may read media. */
  constructor({ crossdomain }: { readonly crossdomain: boolean }, deps: HlsServiceDeps) {
    const { media, environment, kept, threads = ONE_THREAD } = deps;
    const allocate = deps.allocate ?? ((bytes: number) => new Uint8Array(bytes));
    const responses = this.#responses = new ResponseMaker(
      crossdomain ? CORS_HEADERS : {},
      allocate,
      () => media.clock.wallNow(),
    );
    const streams = this.#streams = new HlsStreams(media, responses, threads, kept, deps.sink);
    this.#publishes = media.publishes;
    this.#publishes.add(this);
    const viewers = new HlsViewers(media, streams, threads);
    const ids = new ViewerIds(kept.viewerKey, threads.own, environment);
    threads.receive((thread, message) => {
      if ("name" in message) streams.receive(thread, message);
      else viewers.receive(thread, message);
    });
    this.#routeDeps = { media, streams, viewers, ids, threads };
    this.#route = new HlsRoute({ ...this.#routeDeps, crossdomain });
    this.#sweeper = media.clock.setInterval(() => {
      streams.sweep();
      viewers.sweep();
    }, SWEEP_MS);
  }

  /** Leads requests to it. */
  get route(): HlsRoute {
    return this.#route;
  }

  /** Answers that are made from here on may be read by pages of any site, or not; what is made already stays. */
  replaceOptions({ crossdomain }: { readonly crossdomain: boolean }): void {
    this.#responses.headers = crossdomain ? CORS_HEADERS : {};
    this.#route = new HlsRoute({ ...this.#routeDeps, crossdomain });
  }

  /** @inheritdoc */
  began({ vhost, app, stream }: LivePublish): void {
    if (isAlwaysMuxed(vhost)) this.#streams.published({ vhost: vhost.name, app, stream });
  }

  /** @inheritdoc */
  ended({ vhost, app, stream }: LivePublish): void {
    if (isAlwaysMuxed(vhost)) this.#streams.unpublished({ vhost: vhost.name, app, stream });
  }

  /** All viewers are gone: drop the streams. */
  close(): void {
    this.#publishes.delete(this);
    this.#sweeper.clear();
    this.#streams.close();
  }
}

/** What is written to disk is for viewers of other servers, who cannot ask for it here. */
function isAlwaysMuxed({ hls }: VhostOptions): boolean {
  return hls.enabled && (hls.always || hls.path !== "");
}
