/**
 * One publish, whatever its protocol: its name is reserved, the service allows it, its media goes to its source, and
 * its ending is reported exactly once.
 *
 * @module
 */
import type { AdmissionContext } from "./admission_context.ts";
import { BitrateLimit } from "./publish/bitrate_limit.ts";
import type { StreamUse } from "./clients/client_snapshot.ts";
import { checkName } from "./names/name_grammar.ts";
import { heldFrom, holdNames, isKick } from "./names/name_hold.ts";
import { NAME_TAKEN, reserveName, takeoverRules } from "./names/name_reservation.ts";
import { lateMedia } from "./publish/media_deadline.ts";
import { OriginPush } from "./publish/origin_push.ts";
import { PublishedMedia } from "./publish/published_media.ts";
import { PublishStats } from "./publish/publish_stats.ts";
import { DESCRIBE_AFTER_MS, describeStream } from "./publish/describe_stream.ts";
import type { LivePublish } from "./publish/publish_watcher.ts";
import type { Refusal } from "./refusal.ts";
import { averageKbps, endingFields, type MeasuredEnding } from "./session_account.ts";
import type { PublishingClient } from "./session_client.ts";
import type { VhostOptions } from "./options.ts";
import { isLowLatency, sourceOptions } from "./source_options.ts";
import type { StartDecision, StreamRequest } from "./stream_request.ts";
import { StreamSession } from "./stream_session.ts";
import type { StreamTarget } from "./stream_target.ts";
import type { Decisions, Revocation } from "../../core/mod.ts";
import { type PublisherHandle, type ReadMark, type Source, sourceKey } from "../live/mod.ts";
import type { ReadSchedule } from "../schedule/mod.ts";
import { MediaKind, type MediaMessage } from "../media/mod.ts";

/** A publish from its request to its end. */
export class PublishSession extends StreamSession<PublishingClient> implements PublisherHandle {
  readonly #end = Promise.withResolvers<void>();
  /** Settled when its ending is recorded and the name is free. */
  readonly ended: Promise<void> = this.#end.promise;
  readonly #stats: PublishStats;
  readonly #origin = new OriginPush();
  readonly #media = new PublishedMedia();
  #decisions: Decisions = {};
  #live = false;
  #leaving = false;
  #requestedMs = 0;
  #acceptedMs = 0;
  #mediaMs = 0;
  #watchedMs = 0;
  /** Of the client, at the last sweep. */
  #mediaInParts = 0;
  /** What was reported of its media. */
  #described: Source["facts"] | undefined;
  #bitrate: BitrateLimit | undefined;

  /** Nothing requested yet. */
  constructor(client: PublishingClient, context: AdmissionContext) {
    super("publish", client, context);
    this.#stats = new PublishStats(context.options.logStatsIntervalMs);
  }

  /** The client id. */
  get id(): number {
    return this.client.clientId;
  }

  /** Canonical address of the client. */
  get ip(): string {
    return this.client.ip;
  }

  /** It has begun and not ended. */
  get live(): boolean {
    return this.#live;
  }

  /** It has ended; the name is free once the ending is recorded. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /** How far the socket of the client has been read. */
  get reads(): ReadMark {
    return this.client.reads;
  }

  /** Media came: it was more than a request. */
  get worked(): boolean {
    return this.#stats.hasMedia;
  }

  /** What can be seen of it: nothing before its public name is certain. */
  use(nowMs: number): StreamUse | undefined {
    const { reported, source } = this;
    if (!this.#live || reported === undefined || source === undefined) return undefined;
    return {
      ...reported.use,
      role: "publish",
      publication: {
        media: this.#media.of(source),
        aliveMs: nowMs - this.#acceptedMs,
        audioMessages: this.#stats.audioMessages,
        videoMessages: this.#stats.videoMessages,
        forward: this.#decisions.forward ?? [],
      },
    };
  }

  /** Another publisher takes the name over. */
  replace(): void {
    this.client.end("replaced", "Another publisher took the name over");
  }

  /** Decide about the request, see {@link StreamSession.start}. */
  override start(request: StreamRequest): Promise<StartDecision> {
    this.#requestedMs = this.context.clock.now();
    return super.start(request);
  }

  /**
   * The request was admitted: the stream is live from here on. Answer the client in the same turn.
   *
   * @returns When its socket should be read; `undefined`: at once.
   */
  begin(): ReadSchedule | undefined {
    const { context, source, target } = this;
    if (this.aborted || source === undefined || target === undefined) return undefined;
    const { flusher, streams } = context;
    const { maxBitrateKbps } = this.#decisions;
    const now = context.clock.now();
    this.#acceptedMs = this.#mediaMs = this.#watchedMs = now;
    this.#stats.begin(now);
    // Measured since the request: what was sent while it waited arrives all at once now.
    if (maxBitrateKbps !== undefined) this.#bitrate = new BitrateLimit(maxBitrateKbps, this.#requestedMs);
    this.#mediaInParts = this.client.mediaInParts;
    this.#live = true;
    this.beginMedia();
    streams.beforeBegin(source);
    source.begin();
    streams.began(source);
    this.context.publishes.began(this.#publish(target.vhost, source));
    this.#origin.begin();
    this.client.log("trace", "Publish accepted", { url: this.stream?.streamUrl, ip: this.ip });
    return isLowLatency(target.vhost) ? undefined : flusher.add(source, target.vhost.play.mwLatencyMs);
  }

  /** Take a message of the live stream. */
  receive(message: MediaMessage): void {
    const { source } = this;
    if (!this.#live || source === undefined) return;
    const now = this.context.clock.now();
    const isMedia = message.typeId === MediaKind.Audio || message.typeId === MediaKind.Video;
    // An empty message shows that the client is alive, but puts off no deadline for media.
    if (isMedia && message.payload.length > 0) {
      this.#mediaMs = now;
      this.#stats.take(message);
    }
    source.receive(message, now);
  }

  /** All messages of a read have been received: write what is due, flush to players that want the lowest latency. */
  afterRead(contents: { readonly hasVideo: boolean }): void {
    const { source, target } = this;
    if (!this.#live || source === undefined || target === undefined) return;
    source.readEnded();
    if (isLowLatency(target.vhost)) this.context.flusher.schedule(source, contents);
  }

  /** Check the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    const { client, source, vhost } = this;
    if (!this.#live || source === undefined || vhost === undefined) return;
    const { publish } = vhost;
    if (this.#stats.hasMedia && nowMs - this.#acceptedMs >= DESCRIBE_AFTER_MS) this.#describe(source.facts);
    for (const { level, message, fields } of this.#stats.look(nowMs, source)) {
      client.log(level, message, { url: this.stream?.streamUrl, ip: this.ip, ...fields });
    }
    // An origin is silent for as long as its publisher is, and its pull knows when nobody plays.
    if (client.protocol === "pull") return;
    // A large key frame on a slow line: its bytes are media before it is whole.
    const { lastReceivedMs, mediaInParts } = client;
    if (mediaInParts > this.#mediaInParts) this.#mediaMs = Math.max(this.#mediaMs, lastReceivedMs);
    this.#mediaInParts = mediaInParts;
    const silentMs = nowMs - this.#mediaMs;
    const late = lateMedia(this.#stats.hasMedia, silentMs, publish);
    if (late !== undefined) return client.endForLimit(late.limit, "timeout", late.description);
    const bitrate = this.#bitrate;
    if (bitrate?.exceeded(this.#stats.mediaBytes, nowMs)) {
      return client.end("bitrate", `More than the ${bitrate.maxKbps} kbit/s that the service allows`);
    }
    if (source.watched) this.#watchedMs = nowMs;
    const idleMs = publish.kickoffForIdleMs;
    if (idleMs > 0 && nowMs - this.#watchedMs > idleMs) client.end("idle", `No player for ${idleMs} ms`);
  }

  /** End it, see {@link StreamSession.end}: a kick also keeps the name from the client for a while. */
  override async end(revocation: Revocation): Promise<void> {
    const { target, stream, vhost } = this;
    if (!this.#leaving && target !== undefined && vhost !== undefined && isKick(revocation.reason, this)) {
      const names = stream === undefined ? [] : [{ app: this.app, stream: stream.stream }];
      holdNames(this.context.holds, this.client, vhost, [target.url, ...names], revocation.description);
    }
    this.#leaving = true;
    try {
      await super.end(revocation);
    } finally {
      this.#end.resolve();
    }
  }

  /** Whether the name is kept from the client after a kick. */
  protected override refuseEarly(target: StreamTarget): Refusal | undefined {
    return heldFrom(this.context.holds, this.client, target, target.url);
  }

  /** The name first: a client that takes its own name over takes over its quota too. */
  protected override async reserve(target: StreamTarget): Promise<Refusal | undefined> {
    const taken = await this.#reserveName(target, target.url);
    if (taken !== undefined) return taken;
    const { name } = target.vhost;
    const most = this.context.options.limits.maxPublishersPerVhost;
    const wanted = [{ limit: "max_publishers_per_vhost", name, most }] as const;
    return this.acquireQuota(wanted, "Publisher limit reached");
  }

  /** The service may give the stream another name: it is reserved like any name, and the first one is free again. */
  protected override async settle(target: StreamTarget, decisions: Decisions): Promise<Refusal | undefined> {
    this.#decisions = decisions;
    const { url, vhost } = target;
    const { app = url.app, stream = url.stream } = decisions;
    if (app === url.app && stream === url.stream) return await this.#offer(target);
    if (stream !== url.stream) this.context.secretNames.learn(vhost.name);
    const bad = checkName("app", app) ?? checkName("stream", stream);
    const name = { app, stream };
    const refusal = bad === undefined
      ? heldFrom(this.context.holds, this.client, target, name) ?? await this.#reserveName(target, name)
      : { rule: "name", reason: `The name that the service chose ${bad}` };
    // Also where it cannot be had: the ending must not hold the first one, which may be a key.
    this.rename(target, app, stream);
    return refusal ?? await this.#offer({ ...target, url: { ...url, app, stream } });
  }

  /** Flush what is left, and log the end. */
  protected override async stop(ending: MeasuredEnding): Promise<void> {
    const { client, source, target } = this;
    if (source === undefined) return;
    this.#live = false;
    this.context.flusher.remove(source);
    this.context.streams.ended(source);
    if (this.#stats.hasMedia) this.#describe(source.facts);
    client.log("trace", "Publish ended", {
      url: this.stream?.streamUrl,
      ip: this.ip,
      ...endingFields(ending),
      media_bytes: this.#stats.mediaBytes,
      kbps: averageKbps(this.#stats.mediaBytes, ending.durationMs),
    });
    if (target === undefined) return;
    await this.context.publishes.ended(this.#publish(target.vhost, source), ending.reason);
  }

  /** Free the name. */
  protected override release(source: Source): void {
    this.#origin.release();
    source.release(this);
    this.context.names?.release(source);
    this.context.sources.release(source);
  }

  #publish(vhost: VhostOptions, source: Source): LivePublish {
    const { app, facts, stream: { stream = "" } = {} } = this;
    const { forward = [], record } = this.#decisions;
    return { clientId: this.id, vhost, app, stream, source, record, forward, edge: facts?.edge };
  }

  /** Where the stream has an origin, that decides too. */
  #offer(target: StreamTarget): Promise<Refusal | undefined> {
    const { client, context, facts, signal, source } = this;
    return this.#origin.offer({ client, context, facts, signal, source, target });
  }

  async #reserveName(
    { vhost }: StreamTarget,
    { app, stream }: { readonly app: string; readonly stream: string },
  ): Promise<Refusal | undefined> {
    const { clock, names, options, sources } = this.context;
    const source = sources.acquire(sourceKey(vhost.name, app, stream), sourceOptions(vhost, options.limits));
    const claimant = { holder: this, signal: this.signal, clock };
    if (await reserveName(source, names, claimant, takeoverRules(this.client, vhost.publish))) {
      this.keepSource(source);
      return undefined;
    }
    sources.release(source);
    // The client is not given the name, which may be a key.
    return { rule: NAME_TAKEN, reason: "This stream is being published by somebody else" };
  }

  #describe(media: Source["facts"]): void {
    const described = this.#described;
    this.#described = media;
    describeStream(this.client, this.context.reports, this.reported, media, described);
  }
}
