/**
 * One stream that this host takes from another: for as long as somebody wants it, over restarts of the other server
 * and of its publisher. Players stay meanwhile.
 *
 * @module
 */
import type { EndReason, PullInfo } from "../../core/mod.ts";
import {
  type FetchedStream,
  sourceOptions,
  type StreamTarget,
  type WantedStream,
} from "../../stream/admission/mod.ts";
import type { Source } from "../../stream/live/mod.ts";
import { delay } from "../../system/mod.ts";
import { RelayProgress } from "../link/relay_progress.ts";
import type { ClusterDeps } from "../ports.ts";
import { FlvAttempt } from "./flv_attempt.ts";
import type { PullAttempt, PullOutcome, PullParts } from "./pull_attempt.ts";
import { PullClient } from "./pull_client.ts";
import { placeText, type PullPlace, redirectedPlace } from "./pull_route.ts";
import { PullWishes } from "./pull_wishes.ts";
import { type RetryCourse, RetryDelays } from "./retry_delays.ts";
import { RtmpAttempt } from "./rtmp_attempt.ts";

/** How often a stream that is published here, or pulled by another thread, is looked at again, milliseconds. */
const LOOK_MS = 500;
/**
 * A stream of which nothing has come for this long is given up, milliseconds: in a ring through a server that does not
 * say where a stream has been, each waits for the other.
 */
const GIVE_UP_MS = 300_000;
/** Redirects in a row. */
const MAX_REDIRECTS = 3;

/** What a pull is made with. */
export interface StreamPullOptions {
  /** The stream here. */
  readonly target: StreamTarget;
  /** Places to ask, in their order, as its vhost has them now; none: the stream comes from other servers no longer. */
  places(): readonly PullPlace[];
  /** Who wants it first. */
  readonly edge: WantedStream["facts"]["edge"];
  /** How long it goes on after its last player. */
  lingerMs(): number;
  /** Who named the places. */
  readonly by: PullInfo["by"];
  /** It goes on whatever the other server says. */
  readonly isKept: boolean;
}

/** A pull, from its first wish to its end. */
export class StreamPull {
  readonly client: PullClient;
  /** How it goes. */
  readonly progress: RelayProgress;
  readonly #options: StreamPullOptions;
  readonly #deps: ClusterDeps;
  readonly #source: Source;
  readonly #wishes: PullWishes;
  readonly #stop = new AbortController();
  readonly #retry: RetryDelays;
  readonly #task: string;
  /** One of the servers took no joined flight. */
  #isStepwise = false;
  #claimed = false;
  readonly #parts: PullParts;
  #attempting: PullAttempt | undefined;
  #mediaSinceMs: number | undefined;
  /** The operator ended it: it makes no attempt before, monotonic milliseconds. */
  #keptAwayUntilMs = -Infinity;
  /** The place that was asked last, before any redirect. */
  #first: string | undefined;

  /** Nothing is done before {@link StreamPull.run}. */
  constructor(options: StreamPullOptions, deps: ClusterDeps) {
    const { media, environment } = deps;
    const { vhost, url: { app, stream } } = options.target;
    this.#options = options;
    this.#deps = deps;
    const key = `${vhost.name}/${app}/${stream}`;
    this.#task = `pull ${key}`;
    this.#source = media.sources.acquire(key, sourceOptions(vhost, media.options.limits));
    this.progress = new RelayProgress(media.clock, "idle");
    this.client = new PullClient(
      options.target,
      media,
      this.progress,
      (reason, description) => this.#end(reason, description),
    );
    const course: RetryCourse = options.by === "edge" ? "cluster" : "foreign";
    this.#retry = new RetryDelays(course, () => (environment.random(1)[0] ?? 0) / 255);
    this.#parts = {
      ...{ client: this.client, target: options.target, source: this.#source, edge: options.edge },
      ...{ signal: this.#stop.signal, progress: this.progress },
      started: () => {
        this.progress.accepted();
        this.#wishes.accepted();
      },
      failed: (error) => this.#failed(error),
    };
    this.#wishes = new PullWishes(media.clock, {
      lingerMs: () => this.live ? options.lingerMs() : 0,
      isNeeded: () => this.#source.threadCount > 0,
      over: () => this.#stop.abort("nobody wants it"),
    });
  }

  /** It is over, or about to be: a new wish needs another pull. */
  get over(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Media comes. */
  get live(): boolean {
    return this.client.session?.live === true;
  }

  /** Who named its places. */
  get by(): PullInfo["by"] {
    return this.#options.by;
  }

  /** As the API shows it. */
  get info(): PullInfo {
    const { by, isKept, target: { vhost, url: { app, stream } } } = this.#options;
    const [place] = this.#options.places();
    return {
      ...{ id: this.#source.streamId, kind: "pull", streamId: this.#source.streamId },
      ...{ vhost: vhost.name, app, stream, by, isOnDemand: !isKept },
      address: this.client.from || (place === undefined ? "" : placeText(place)),
      ...this.progress.shown,
      bytes: this.client.counters().recvBytes,
    };
  }

  /** Somebody wants it. */
  join(wanted: Pick<WantedStream, "lost">): FetchedStream {
    return this.#wishes.add(wanted);
  }

  /** End it: nobody shall have it any more. */
  stop(): void {
    this.#stop.abort("stopped");
  }

  /** Its vhost may have other origins now: where it comes from one that has been left out, it goes on elsewhere. */
  reroute(): void {
    const places = this.#options.places();
    const { client } = this;
    if (places.length === 0) return this.stop();
    if (this.#first === undefined || places.some((place) => placeText(place) === this.#first)) return;
    client.log("trace", "Pull ends: its origin is no longer configured", { from: client.from });
    this.#attempting?.finish({ kind: "lost" });
  }

  /** Work until nobody wants it. Never rejects but by a bug. */
  async run(): Promise<void> {
    const { media } = this.#deps;
    const { isKept } = this.#options;
    const patience = isKept ? undefined : media.clock.setTimeout(() => this.#giveUp(), GIVE_UP_MS);
    try {
      while (!this.over) {
        const waitMs = await this.#turn();
        if (waitMs > 0 && !this.over) await delay(media.clock, waitMs, { signal: this.#stop.signal });
      }
    } finally {
      patience?.clear();
      this.#stop.abort("over");
      this.#wishes.close();
      this.progress.set("ended");
      if (this.#claimed) media.names?.releaseTask(this.#task);
      media.sources.release(this.#source);
    }
  }

  get #keptAwayMs(): number {
    return this.#keptAwayUntilMs - this.#deps.media.clock.now();
  }

  /** One attempt, if this thread may make one; milliseconds until the next turn. */
  async #turn(): Promise<number> {
    const { clock, names } = this.#deps.media;
    const keptAwayMs = this.#keptAwayMs;
    if (keptAwayMs > 0) return keptAwayMs;
    if (this.#source.live || this.#source.holder !== undefined) {
      this.#wishes.answer(undefined);
      return LOOK_MS;
    }
    this.#claimed ||= names === undefined || await names.claimTask(this.#task);
    if (!this.#claimed) {
      this.#wishes.answer(undefined);
      return 2 * LOOK_MS;
    }
    const outcome = await this.#tryPlaces();
    this.progress.set(outcome.kind === "yielded" ? "idle" : "waiting");
    if (outcome.kind === "refused" && !this.#options.isKept) {
      this.#wishes.refuse(outcome.refusal);
      this.stop();
    } else {
      this.#wishes.answer(undefined);
    }
    if (outcome.kind === "yielded") return LOOK_MS;
    const now = clock.now();
    const mediaMs = this.#mediaSinceMs === undefined ? 0 : now - this.#mediaSinceMs;
    this.#mediaSinceMs = undefined;
    return this.#retry.next(now, mediaMs);
  }

  /** All places, one after the other, until one has given media. */
  async #tryPlaces(): Promise<PullOutcome> {
    let outcome: PullOutcome = { kind: "lost" };
    const places = this.#options.places();
    if (places.length === 0) this.stop();
    for (const place of places) {
      if (this.#keptAwayMs > 0) return outcome;
      outcome = await this.#tryPlace(place);
      if (this.over || outcome.kind !== "lost" || this.#mediaSinceMs !== undefined) return outcome;
    }
    return outcome;
  }

  /** One place, and where it sends its client. */
  async #tryPlace(first: PullPlace): Promise<PullOutcome> {
    let place = first;
    this.#first = placeText(first);
    for (let redirects = 0;;) {
      const outcome = await this.#attempt(place);
      if (outcome.kind === "misfit") {
        this.#isStepwise = true;
        continue;
      }
      if (outcome.kind !== "refused" || outcome.redirect === undefined) return outcome;
      const next = redirects < MAX_REDIRECTS ? redirectedPlace(outcome.redirect, place) : undefined;
      if (next === undefined) {
        this.#failed(outcome.refusal.reason);
        return outcome;
      }
      this.client.log("trace", "Pull redirected", { from: placeText(place), to: placeText(next) });
      place = next;
      redirects++;
    }
  }

  async #attempt(place: PullPlace): Promise<PullOutcome> {
    const attempt = this.#attempting = this.#attemptAt(place);
    const outcome = await attempt.run();
    this.#attempting = undefined;
    this.#mediaSinceMs ??= attempt.mediaSinceMs;
    return outcome;
  }

  #attemptAt(place: PullPlace): PullAttempt {
    if (place.kind === "flv") return new FlvAttempt(this.#parts, this.#deps, place);
    // Servers of other makers are asked as their own clients ask: a joined flight may leave one waiting.
    const isStepwise = place.trust !== "cluster" || this.#isStepwise;
    return new RtmpAttempt(this.#parts, this.#deps, place, { isStepwise });
  }

  #failed(error: string): void {
    const { client, progress } = this;
    client.log(progress.failed(error) ? "warn" : "info", "Pull failed", { from: client.from, error });
  }

  #giveUp(): void {
    if (!this.#claimed || this.#source.live || this.progress.hasWorked) return;
    const reason = `Nothing of the stream has come within ${GIVE_UP_MS / 1000} s`;
    this.#failed(reason);
    this.#wishes.refuse({ rule: "origin", reason });
    this.stop();
  }

  #end(reason: EndReason, description: string): void {
    if (reason === "shutdown") this.stop();
    if (reason === "kicked") this.#keepAway();
    const { session } = this.client;
    // It ends with the reason that its ender gave; the connection's own ending finds it ended.
    void session?.end({ reason, description });
    this.#attempting?.finish({ kind: reason === "replaced" ? "yielded" : "lost" });
  }
  /** As a publisher's name is kept from it, whether there is a connection now or not. */
  #keepAway(): void {
    const { options: { vhosts }, clock } = this.#deps.media;
    const { vhost } = this.#options.target;
    const { publish } = vhosts.get(vhost.name) ?? vhost;
    this.#keptAwayUntilMs = clock.now() + (this.client.kickHoldMs ?? publish.kickHoldMs);
  }
}
