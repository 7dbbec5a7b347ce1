/**
 * One stream that this host brings to another server, for as long as it is published here: connected again when the
 * other one was lost, at a key frame. Nothing of it reaches the publisher.
 *
 * @module
 */
import type { LogFields, LogLevel } from "../../core/mod.ts";
import type { ServerRefusal } from "../../rtmp/client/mod.ts";
import type { EdgeFacts } from "../../stream/admission/mod.ts";
import type { Source } from "../../stream/live/mod.ts";
import { delay } from "../../system/mod.ts";
import { RelayProgress } from "../link/relay_progress.ts";
import type { ClusterDeps } from "../ports.ts";
import { redirectedPlace, type UpstreamPlace } from "../pull/pull_route.ts";
import { PushAttempt, type PushParts } from "./push_attempt.ts";

/** Shorter names are no keys. */
const MIN_KEY = 8;
/** Redirects in a row. */
const MAX_REDIRECTS = 3;

/** What a push is made with. */
export interface StreamPushOptions {
  /** Where to, the first first. */
  readonly places: readonly UpstreamPlace[];
  /** What is pushed. */
  readonly source: Source;
  /** Of what is sent, bytes. */
  readonly chunkSize: number;
  /** The publisher, where that is a server. */
  readonly edge: EdgeFacts | undefined;
  /** Whether the first flight is one write, until a server does not take it. */
  readonly flight: "joined" | "stepwise";
  /** Milliseconds until the next attempt, after `failures` in a row. */
  readonly retryMs: (failures: number) => number;
  /** A target as log lines have it. */
  readonly show: (place: UpstreamPlace) => string;
  /** Write a line. */
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** The target refuses, at once or after it had accepted. Answers whether to go on. */
  refused(refusal: ServerRefusal): boolean;
  /** The target has accepted. */
  accepted(): void;
}

/** A target that took media for so long has failed for another reason than before, milliseconds. */
const SETTLED_MS = 10_000;

/** A push, from its begin to its end. */
export class StreamPush {
  readonly #options: StreamPushOptions;
  readonly #deps: ClusterDeps;
  readonly #stop = new AbortController();
  readonly #media = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();
  /** Settled when it has ended, and the target has its last bytes. */
  readonly ended: Promise<void> = this.#end.promise;
  /** How it goes. */
  readonly progress: RelayProgress;
  /** Where it goes now, for people. */
  to = "";
  #flight: StreamPushOptions["flight"];
  #failures = 0;
  /** The target of the last connection had accepted. */
  #wasLive = false;
  #redirects = 0;
  #sentBefore = 0;
  #attempting: PushAttempt | undefined;

  /** Nothing is done before {@link StreamPush.run}. */
  constructor(options: StreamPushOptions, deps: ClusterDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#flight = options.flight;
    this.progress = new RelayProgress(deps.media.clock);
  }

  /** Over all connections. */
  get sentBytes(): number {
    return this.#sentBefore + (this.#attempting?.sentBytes ?? 0);
  }

  /** The stream is live here: what the target accepted may be sent. */
  begin(): void {
    this.#media.resolve();
  }

  /** End it. */
  stop(): void {
    this.#stop.abort("stopped");
    this.#media.resolve();
  }

  /** Check its liveness; called about once a second. */
  sweep(nowMs: number): void {
    this.progress.sample(nowMs, this.sentBytes);
    this.#attempting?.sweep(nowMs);
  }

  /** Work until it is stopped, or refused for good. Never rejects but by a bug. */
  async run(): Promise<void> {
    try {
      await this.#work();
    } finally {
      this.progress.set("ended");
      this.#end.resolve();
    }
  }

  async #work(): Promise<void> {
    const { clock } = this.#deps.media;
    const { places, retryMs } = this.#options;
    let turn = 0;
    for (let place = places[0]; place !== undefined && !this.#stop.signal.aborted;) {
      const next = await this.#turn(place);
      if (next === "over" || this.#stop.signal.aborted) break;
      if (next !== "later") {
        place = next;
        continue;
      }
      this.#redirects = 0;
      // One that had it is the first to be tried again.
      turn = this.#wasLive ? 0 : turn + 1;
      place = places[turn % places.length];
      this.progress.set("waiting");
      await delay(clock, retryMs(++this.#failures), { signal: this.#stop.signal });
    }
  }

  /** One connection; the place to connect to at once, or whether there is another turn. */
  async #turn(place: UpstreamPlace): Promise<UpstreamPlace | "later" | "over"> {
    const to = this.to = this.#options.show(place);
    this.progress.connecting();
    const parts = this.#partsOf(to);
    const attempt = this.#attempting = new PushAttempt(parts, this.#deps, place, this.#flight);
    const outcome = await attempt.run();
    this.#sentBefore = this.sentBytes;
    this.#attempting = undefined;
    this.#wasLive = attempt.wasLive;
    // Some accept everything, and then close: those are to be asked less often as well.
    if (attempt.liveMs >= SETTLED_MS) this.#failures = 0;
    switch (outcome.kind) {
      case "stopped":
        return "over";
      case "misfit":
        this.#flight = "stepwise";
        return place;
      case "lost":
        this.#failed(to, outcome.error);
        return "later";
      case "refused":
        return this.#refused(outcome.refusal, place);
    }
  }

  #partsOf(to: string): PushParts {
    const { source, chunkSize, edge } = this.#options;
    return {
      ...{ source, chunkSize, edge, signal: this.#stop.signal, media: this.#media.promise },
      accepted: ({ address: ip }) => {
        this.progress.accepted();
        this.progress.set("live");
        this.#options.log("trace", "Push accepted", { to, ip });
        this.#options.accepted();
      },
    };
  }

  #refused(refusal: ServerRefusal, place: UpstreamPlace): UpstreamPlace | "later" | "over" {
    const { code, description, redirect } = refusal;
    const next = redirect === undefined || this.#redirects >= MAX_REDIRECTS
      ? undefined
      : redirectedPlace(redirect, place);
    if (next !== undefined) {
      this.#redirects++;
      return next;
    }
    const error = description === "" ? code : withoutKey(description, place.streamName);
    const goesOn = this.#options.refused(refusal);
    if (goesOn) this.#failed(this.#options.show(place), error);
    return goesOn ? "later" : "over";
  }

  #failed(to: string, error: string): void {
    if (this.#stop.signal.aborted) return;
    this.#options.log(this.progress.failed(error) ? "warn" : "info", "Push failed", { to, error });
  }
}

/** A platform that repeats the stream's name repeats its key. */
function withoutKey(text: string, streamName: string): string {
  const [name = ""] = streamName.split("?");
  return [streamName, name].filter(({ length }) => length >= MIN_KEY)
    .reduce((left, key) => left.replaceAll(key, "***"), text);
}
