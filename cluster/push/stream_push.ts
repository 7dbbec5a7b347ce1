/**
 * One stream that this host brings to another server, for as long as it is published here: connected again when the
 * other one was lost, at a key frame. Nothing of it reaches the publisher.
 *
 * @module
 */
import { errorMessage, type LogFields, type LogLevel } from "../../core/mod.ts";
import { ClientSession, type ServerRefusal } from "../../rtmp/client/mod.ts";
import type { EdgeFacts } from "../../stream/admission/mod.ts";
import { Consumer, type Source, type StreamOutput } from "../../stream/live/mod.ts";
import { deadline, delay } from "../../system/mod.ts";
import { RtmpLink } from "../link/link.ts";
import type { ClusterDeps } from "../ports.ts";
import { redirectedPlace, type UpstreamPlace } from "../pull/pull_route.ts";
import { PublishFormat } from "./publish_format.ts";
import { SentRate } from "./sent_rate.ts";

/** How long a server may take to accept a publish, milliseconds. */
const ACCEPT_MS = 5000;
/** A target that takes nothing for this time is connected again, milliseconds. */
const STUCK_MS = 10_000;
/** Shorter names are no keys. */
const MIN_KEY = 8;
/** Redirects in a row. */
const MAX_REDIRECTS = 3;

/** What a push does now. */
export type PushState = "connecting" | "live" | "waiting" | "ended";

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
  /** Whether the first flight is one write. */
  readonly flight: "joined" | "stepwise";
  /** Milliseconds until the next attempt, after `failures` in a row. */
  readonly retryMs: (failures: number) => number;
  /** A target as log lines have it. */
  readonly show: (place: UpstreamPlace) => string;
  /** Write a line. */
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** The target refuses; `isLive`: after it had accepted. Answers whether to go on. */
  refused(refusal: ServerRefusal, isLive: boolean): boolean;
  /** The target has accepted. */
  accepted(): void;
}

/** A push, from its begin to its end. */
export class StreamPush {
  readonly #options: StreamPushOptions;
  readonly #deps: ClusterDeps;
  readonly #stop = new AbortController();
  readonly #media = Promise.withResolvers<void>();
  #hasMedia = false;
  #state: PushState = "connecting";
  #lastError = "";
  #failures = 0;
  #attempts = 0;
  #sinceMs = 0;
  #sentBefore = 0;
  readonly #rate = new SentRate();
  #link: RtmpLink | undefined;
  #redirect: UpstreamPlace | undefined;

  /** Nothing is done before {@link StreamPush.run}. */
  constructor(options: StreamPushOptions, deps: ClusterDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#sinceMs = deps.media.clock.now();
  }

  /** What it does now. */
  get state(): PushState {
    return this.#state;
  }

  /** Why the last attempt failed, `""` while it works. */
  get lastError(): string {
    return this.#lastError;
  }

  /** Connections that were tried. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Since its state changed, milliseconds. */
  get stateMs(): number {
    return this.#deps.media.clock.now() - this.#sinceMs;
  }

  /** Over all connections. */
  get sentBytes(): number {
    return this.#sentBefore + (this.#link?.bytes.sendBytes ?? 0);
  }

  /** In the latest seconds. */
  get kbps(): number {
    return this.#rate.kbps;
  }

  /** The stream is live here: what the target accepted may be sent. */
  begin(): void {
    this.#hasMedia = true;
    this.#media.resolve();
  }

  /** End it. */
  stop(): void {
    this.#stop.abort("stopped");
    this.#media.resolve();
  }

  /** Check its liveness; called about once a second. */
  sweep(nowMs: number): void {
    this.#rate.take(nowMs, this.sentBytes);
    const link = this.#link;
    if (link === undefined) return;
    if (link.writer.stuckMs > STUCK_MS) {
      return link.fail(new Deno.errors.TimedOut(`The target took nothing for ${STUCK_MS} ms`));
    }
    link.sweep(nowMs);
  }

  /** Work until it is stopped, or refused for good. Never rejects but by a bug. */
  async run(): Promise<void> {
    const { clock } = this.#deps.media;
    const { places, retryMs } = this.#options;
    for (let turn = 0; !this.#stop.signal.aborted; turn++) {
      const place = this.#redirect ?? places[turn % places.length];
      this.#redirect = undefined;
      if (place === undefined || !await this.#attempt(place)) break;
      if (this.#stop.signal.aborted) break;
      if (this.#redirect !== undefined) continue;
      this.#set("waiting");
      this.#failures++;
      await delay(clock, retryMs(this.#failures), { signal: this.#stop.signal });
    }
    this.#set("ended");
  }

  /** One connection; whether another one may follow. */
  async #attempt(place: UpstreamPlace): Promise<boolean> {
    const { dial, environment, identity, media } = this.#deps;
    const { chunkSize, edge, flight, show } = this.#options;
    const { app, tcUrl, streamName, endpoint } = place;
    const to = show(place);
    const { signal } = this.#stop;
    this.#attempts++;
    this.#set("connecting");
    let goesOn = true;
    let wasLive = false;
    let reader: { consumer: Consumer; output: StreamOutput } | undefined;
    try {
      const socket = await dial(endpoint);
      if (signal.aborted) {
        socket.close();
        return false;
      }
      const session = new ClientSession({
        environment,
        request: { kind: "publish", app, tcUrl, streamName },
        ...{ flight, chunkSize },
        ...(flight === "stepwise" ? { handshake: { form: "digest0" } } : {}),
        identity: identity.members(tcUrl, edge),
      });
      const link = this.#link = new RtmpLink(socket, session, media.clock);
      const accepted = Promise.withResolvers<void>();
      void deadline(media.clock, accepted.promise, { maxMs: ACCEPT_MS, signal }).then((outcome) => {
        if (outcome !== "expired") return;
        link.fail(new Deno.errors.TimedOut(`The target did not accept the publish within ${ACCEPT_MS} ms`));
      });
      const close = (): void => void link.close();
      signal.addEventListener("abort", close, { once: true });
      try {
        await link.run(({ events }) => {
          for (const event of events) {
            if (event.kind === "started") {
              accepted.resolve();
              wasLive = true;
              this.#lastError = "";
              this.#set("live");
              this.#options.log("trace", "Push accepted", { to, ip: link.address });
              this.#options.accepted();
              void this.#media.promise.then(() => {
                if (this.#hasMedia && !signal.aborted && this.#link === link) {
                  reader ??= this.#attach(link, session.streamId);
                }
              });
            } else if (event.kind === "refused") {
              accepted.resolve();
              goesOn = this.#refused(event.refusal, place, wasLive);
              close();
            } else if (event.kind === "misfit" || event.kind === "reconnectRequested") {
              accepted.resolve();
              close();
            }
          }
          return undefined;
        });
      } finally {
        accepted.resolve();
        signal.removeEventListener("abort", close);
      }
      if (goesOn && !signal.aborted && this.#redirect === undefined) {
        this.#failed(to, this.#lastError === "" ? "It closed the connection" : this.#lastError);
      }
    } catch (error) {
      this.#failed(to, errorMessage(error));
    } finally {
      reader?.consumer.leave();
      if (reader !== undefined) this.#options.source.outputs.release(reader.output);
      this.#sentBefore = this.sentBytes;
      this.#link = undefined;
    }
    if (wasLive) this.#failures = 0;
    return goesOn;
  }

  #attach(link: RtmpLink, streamId: number): { consumer: Consumer; output: StreamOutput } {
    const { source, chunkSize } = this.#options;
    const output = source.outputs.acquire({ format: new PublishFormat(chunkSize, streamId), tracks: "all" });
    const consumer = link.writer.consumer = new Consumer(output, link.writer);
    link.writer.wake();
    return { consumer, output };
  }

  #refused(refusal: ServerRefusal, place: UpstreamPlace, isLive: boolean): boolean {
    const { code, description, redirect } = refusal;
    const next = redirect === undefined || this.#attempts > MAX_REDIRECTS * (this.#failures + 1)
      ? undefined
      : redirectedPlace(redirect, place);
    if (next !== undefined) {
      this.#redirect = next;
      return true;
    }
    this.#lastError = description === "" ? code : withoutKey(description, place.streamName);
    return this.#options.refused(refusal, isLive);
  }

  #failed(to: string, error: string): void {
    if (this.#stop.signal.aborted) return;
    this.#options.log(error === this.#lastError && this.#failures > 0 ? "info" : "warn", "Push failed", {
      to,
      error,
    });
    this.#lastError = error;
  }

  #set(state: PushState): void {
    if (this.#state !== state) this.#sinceMs = this.#deps.media.clock.now();
    this.#state = state;
  }
}

/** A platform that repeats the stream's name repeats its key. */
function withoutKey(text: string, streamName: string): string {
  const [name = ""] = streamName.split("?");
  return [streamName, name].filter(({ length }) => length >= MIN_KEY)
    .reduce((left, key) => left.replaceAll(key, "***"), text);
}
