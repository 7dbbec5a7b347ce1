/**
 * One publish of a connection: reserve the name, ask, commit; and its ending, told exactly once.
 *
 * @module
 */
import type { Admission } from "./connect_admission.ts";
import type { StreamUse } from "./client_snapshot.ts";
import {
  averageKbps,
  BitrateGuard,
  checkName,
  type ConnectFacts,
  endingFields,
  isLowLatency,
  logRefusal,
  type Refusal,
  type RequestPlace,
  reserveName,
  resolveTarget,
  SessionAccount,
  sourceOptions,
  type StreamTarget,
} from "../../stream/admission/mod.ts";
import { type PublisherHandle, type ReadMark, type Source, sourceKey } from "../../stream/live/mod.ts";
import { heldFrom, holdNames, isKick } from "./name_hold.ts";
import { describeClient, type Peer, streamUrlOf } from "./peer.ts";
import { Quota } from "../../system/mod.ts";
import type { Decisions, EndReason, Lease, StreamInfo } from "../../core/mod.ts";
import { PublishStats } from "./publish_stats.ts";
import { type PublishRequested, RejectionCode } from "../session/mod.ts";
import { MessageType, type RtmpMessage } from "../wire/mod.ts";

/** How long after its beginning a stream is described in the log, so that codecs and metadata are known. */
const DESCRIBE_AFTER_MS = 1000;

/** How the client is answered. */
type Rejected = Pick<Refusal, "reason" | "redirect">;

/** A publish from its request to its end. */
export class Publishing implements PublisherHandle {
  readonly ip: string;
  readonly ended: Promise<void>;
  readonly #peer: Peer;
  readonly #quota: Quota;
  readonly #aborter = new AbortController();
  readonly #settleEnded: () => void;
  readonly requestId: number;
  #started: Promise<void> = Promise.resolve();
  #source: Source | undefined;
  #target: StreamTarget | undefined;
  #lease: Lease | undefined;
  /** From the moment at which the service is asked. */
  #account: SessionAccount | undefined;
  #stream: StreamInfo | undefined;
  #app = "";
  #live = false;
  #finished = false;
  #acceptedMs = 0;
  #requestedMs = 0;
  #mediaMs = 0;
  /** Of the peer, at the last look. */
  #mediaInParts = 0;
  readonly #stats: PublishStats;
  #described = false;
  #watchedMs = 0;
  #bitrate: BitrateGuard | undefined;
  #forward: readonly string[] = [];

  constructor(peer: Peer, requestId: number) {
    this.#peer = peer;
    this.#quota = new Quota(peer.house, peer);
    this.ip = peer.ip;
    this.requestId = requestId;
    this.#stats = new PublishStats(peer.house.options.logStatsIntervalMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settleEnded = resolve;
  }

  /** @inheritdoc */
  get live(): boolean {
    return this.#live;
  }

  /** @inheritdoc */
  get leaving(): boolean {
    return this.#finished;
  }

  /** @inheritdoc */
  get id(): number {
    return this.#peer.clientId;
  }

  /** @inheritdoc */
  get reads(): ReadMark {
    return this.#peer.reads;
  }

  /** The app under which it is known, `""` before it is accepted. */
  get app(): string {
    return this.#app;
  }

  /** Media came: it was more than a request. */
  get worked(): boolean {
    return this.#stats.hasMedia;
  }

  /** The stream under which it is known; `undefined` before it is accepted. */
  get stream(): StreamInfo | undefined {
    return this.#stream;
  }

  /** What can be seen of it: nothing before its public name is certain. */
  use(nowMs: number): StreamUse | undefined {
    const target = this.#target;
    const stream = this.#stream;
    const source = this.#source;
    if (!this.#live || target === undefined || stream === undefined || source === undefined) return undefined;
    const app = this.#app;
    const isRenamed = target.url.stream !== stream.stream || target.url.app !== app;
    return {
      role: "publish",
      vhost: target.vhost.name,
      app,
      stream,
      ...(isRenamed ? { hiddenName: target.url.stream } : {}),
      publication: {
        ...source.facts,
        aliveMs: nowMs - this.#acceptedMs,
        audioMessages: this.#stats.audioMessages,
        videoMessages: this.#stats.videoMessages,
        forward: this.#forward,
      },
    };
  }

  /** @inheritdoc */
  replace(): void {
    this.#peer.end("replaced", "Another publisher took the name over");
  }

  /** Reserve, ask, commit. Settles when the request is answered or void; {@link Publishing.end} has to follow. */
  start(request: PublishRequested, facts: ConnectFacts, admission: Admission): Promise<void> {
    if (this.#aborter.signal.aborted) return Promise.resolve();
    this.#requestedMs = this.#peer.house.environment.now();
    return this.#started = this.#start(request, facts, admission);
  }

  async #start(request: PublishRequested, facts: ConnectFacts, admission: Admission): Promise<void> {
    const { options } = this.#peer.house;
    const target = resolveTarget(options, facts, request.streamName);
    if ("refused" in target) return this.#refuse(target.refused, { place: target.place });
    this.#target = target;
    const held = heldFrom(this.#peer, target, target.url);
    if (held !== undefined) return this.#refuse(held);
    const { signal } = this.#aborter;
    const denied = await this.#peer.house.access.checkStream("publish", this.#peer, facts, target, signal);
    if (denied !== undefined) return this.#reject({ reason: denied });
    const refusal = await admission.admit(facts, target, this.#aborter.signal);
    if (refusal !== undefined) {
      return refusal.kind === "deny" ? this.#refuse({ rule: "on_connect", ...refusal }) : undefined;
    }
    const { app, stream } = target.url;
    if (!await this.#reserve(app, stream)) return;
    // Behind the name: who takes his own name over takes his old place too.
    const { name } = target.vhost;
    const most = options.limits.maxPublishersPerVhost;
    const full = this.#quota.acquire([{ limit: "max_publishers_per_vhost", name, most }]);
    if (full !== undefined) {
      return this.#refuse({ rule: full, reason: "There is no place for another publisher" });
    }
    await this.#ask(facts, target);
  }

  /** Take a message of the accepted publish. */
  receive(message: RtmpMessage): void {
    if (!this.#live || this.#source === undefined) return;
    const now = this.#peer.house.environment.now();
    const isMedia = message.typeId === MessageType.Audio || message.typeId === MessageType.Video;
    // An empty message is a sign of life and puts off no deadline for media.
    if (isMedia && message.payload.length > 0) {
      this.#mediaMs = now;
      this.#stats.take(message);
    }
    this.#source.receive(message, now);
  }

  /** A read has been worked through: flush to players that want the lowest latency. */
  afterRead(contents: { readonly hasVideo: boolean }): void {
    const vhost = this.#target?.vhost;
    if (!this.#live || this.#source === undefined || vhost === undefined) return;
    if (isLowLatency(vhost)) this.#peer.house.flusher.schedule(this.#source, contents);
  }

  /** Look at the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    const publish = this.#target?.vhost.publish;
    const source = this.#source;
    if (!this.#live || publish === undefined || source === undefined) return;
    if (!this.#described && this.#stats.hasMedia && nowMs - this.#acceptedMs >= DESCRIBE_AFTER_MS) {
      this.#describe(source);
    }
    for (const { level, message, fields } of this.#stats.look(nowMs, source)) {
      this.#peer.log(level, message, { url: this.#stream?.streamUrl, ip: this.ip, ...fields });
    }
    // A large key frame on a slow line: its bytes are media before it is whole.
    const { heardMs, mediaInParts } = this.#peer;
    if (mediaInParts > this.#mediaInParts) this.#mediaMs = Math.max(this.#mediaMs, heardMs);
    this.#mediaInParts = mediaInParts;
    const silentMs = nowMs - this.#mediaMs;
    const limitMs = this.#stats.hasMedia ? publish.normalTimeoutMs : publish.firstpktTimeoutMs;
    if (limitMs > 0 && silentMs > limitMs) {
      const what = this.#stats.hasMedia ? "No media for" : "No first media within";
      const limit = this.#stats.hasMedia ? "publish.normal_timeout" : "publish.firstpkt_timeout";
      return this.#peer.exceed(limit, "timeout", `${what} ${Math.round(limitMs)} ms`);
    }
    const bitrate = this.#bitrate;
    if (bitrate?.exceeded(this.#stats.mediaBytes, nowMs)) {
      return this.#peer.end("bitrate", `More than the ${bitrate.maxKbps} kbit/s that the service allows`);
    }
    if (source.watched) this.#watchedMs = nowMs;
    if (publish.kickoffForIdleMs > 0 && nowMs - this.#watchedMs > publish.kickoffForIdleMs) {
      this.#peer.end("idle", `No player for ${publish.kickoffForIdleMs} ms`);
    }
  }

  /** The client withdrew the request, or is gone: an ask under way is void. */
  abort(): void {
    this.#aborter.abort("the request is void");
  }

  /**
   * The publish is over. Resolves when its ending is recorded and its name is free; may be called again.
   *
   * @param description Why, as its client is told.
   */
  async end(reason: EndReason, description: string): Promise<void> {
    if (this.#finished) return await this.ended;
    this.#finished = true;
    this.abort();
    const target = this.#target;
    if (target !== undefined && isKick(reason, this)) {
      const names = this.#stream === undefined ? [] : [{ app: this.#app, stream: this.#stream.stream }];
      holdNames(this.#peer, target, [target.url, ...names], description);
    }
    // Whatever failed there has been told: what was taken is given back, and the ending is owed.
    await Promise.allSettled([this.#started]);
    const { flusher, streams } = this.#peer.house;
    const source = this.#source;
    const wasLive = this.#live;
    if (wasLive && source !== undefined) {
      this.#live = false;
      flusher.remove(source);
      streams.ended(source);
      if (!this.#described && this.#stats.hasMedia) this.#describe(source);
    }
    const ending = this.#account?.ending(reason);
    if (wasLive && ending !== undefined) {
      this.#peer.log("trace", "publish ended", {
        url: this.#stream?.streamUrl,
        ip: this.ip,
        ...endingFields(ending),
        media_bytes: this.#stats.mediaBytes,
        kbps: averageKbps(this.#stats.mediaBytes, ending.durationMs),
      });
    }
    this.#quota.release();
    if (ending !== undefined) await this.#lease?.end(ending);
    if (source !== undefined) this.#giveBack(source);
    this.#settleEnded();
  }

  #giveBack(source: Source): void {
    const { names, sources } = this.#peer.house;
    source.release(this);
    names.release(source);
    sources.release(source);
  }

  async #reserve(app: string, stream: string): Promise<boolean> {
    const target = this.#target;
    if (target === undefined) return false;
    const { house } = this.#peer;
    const { vhost } = target;
    const source = house.sources.acquire(
      sourceKey(vhost.name, app, stream),
      sourceOptions(vhost, house.options.limits),
    );
    const claimant = { holder: this, signal: this.#aborter.signal, clock: house.clock };
    if (await reserveName(source, house.names, claimant, vhost.publish)) {
      this.#source = source;
      return true;
    }
    house.sources.release(source);
    // The client gets no name, which may be a key.
    const reason = "This stream is being published by somebody else";
    this.#refuse({ rule: "name_taken", reason }, { code: RejectionCode.PublishBadName });
    return false;
  }

  async #ask(facts: ConnectFacts, target: StreamTarget): Promise<void> {
    const source = this.#source;
    if (source === undefined) return;
    const peer = this.#peer;
    const { app, stream, param } = target.url;
    const streamUrl = streamUrlOf(target.vhost.name, app, stream);
    const info = { stream, param, streamUrl, streamId: source.streamId };
    this.#account = new SessionAccount(peer);
    const verdict = await peer.house.hooks.ask(
      { event: "on_publish", client: describeClient(peer, facts, target), stream: info },
      {
        signal: this.#aborter.signal,
        counters: () => peer.counters(),
        revoke: ({ reason, description }) => peer.end(reason, description),
      },
    );
    if (verdict.kind === "aborted") return;
    if (verdict.kind === "deny") return this.#refuse({ rule: "on_publish", ...verdict });
    this.#lease = verdict.lease;
    this.#app = app;
    this.#stream = info;
    if (this.#aborter.signal.aborted) return;
    if (!await this.#rename(verdict.decisions, target)) return;
    this.#commit(target, verdict.decisions);
  }

  /** The service may give the stream another name: it is reserved like any name, and the first one is free again. */
  async #rename(decisions: Decisions, target: StreamTarget): Promise<boolean> {
    const app = decisions.app ?? target.url.app;
    const stream = decisions.stream ?? target.url.stream;
    if (app === target.url.app && stream === target.url.stream) return true;
    if (stream !== target.url.stream) this.#peer.house.secretNames.learn(target.vhost.name);
    const bad = checkName("app", app) ?? checkName("stream", stream);
    if (bad !== undefined) {
      this.#refuse({ rule: "name", reason: `The name that the service chose for this stream ${bad}` });
      return false;
    }
    const held = heldFrom(this.#peer, target, { app, stream });
    if (held !== undefined) {
      this.#refuse(held);
      return false;
    }
    const first = this.#source;
    if (!await this.#reserve(app, stream)) return false;
    if (first !== undefined) this.#giveBack(first);
    const streamUrl = streamUrlOf(target.vhost.name, app, stream);
    this.#app = app;
    this.#stream = { stream, param: target.url.param, streamUrl, streamId: this.#source?.streamId ?? "" };
    this.#lease?.rename(app, this.#stream);
    return !this.#aborter.signal.aborted;
  }

  #commit(target: StreamTarget, { maxBitrateKbps, forward = [] }: Decisions): void {
    const source = this.#source;
    if (source === undefined) return;
    const { house, session } = this.#peer;
    const now = house.environment.now();
    this.#acceptedMs = this.#mediaMs = this.#watchedMs = now;
    this.#stats.begin(now);
    // What was sent meanwhile comes all at once now.
    this.#bitrate = maxBitrateKbps === undefined
      ? undefined
      : new BitrateGuard(maxBitrateKbps, this.#requestedMs);
    this.#mediaInParts = this.#peer.mediaInParts;
    this.#forward = forward;
    this.#live = true;
    house.streams.beforeBegin(source);
    source.begin();
    house.streams.began(source);
    if (!isLowLatency(target.vhost)) {
      this.#peer.readAt(house.flusher.add(source, target.vhost.play.mwLatencyMs));
    }
    this.#peer.log("trace", "publish accepted", { url: this.#stream?.streamUrl, ip: this.ip });
    session.accept(this.requestId, { inAckSize: target.vhost.inAckSize });
    this.#peer.resume();
  }

  #refuse(refusal: Refusal, { place, code }: { place?: RequestPlace; code?: string } = {}): void {
    if (this.#aborter.signal.aborted) return;
    const { secretNames } = this.#peer.house;
    logRefusal(this.#peer, "publish", secretNames.shownIn(place ?? this.#requested()), refusal);
    this.#reject(refusal, code);
  }

  #reject({ reason: description, redirect }: Rejected, code: string = RejectionCode.PublishRejected): void {
    if (this.#aborter.signal.aborted) return;
    const to = redirect === undefined ? {} : { redirect };
    this.#peer.session.reject(this.requestId, { code, description, ...to });
    this.#peer.resume();
  }

  #requested(): RequestPlace {
    if (this.#target === undefined) return {};
    const { vhost: { name: vhost }, url: { app, stream } } = this.#target;
    return { vhost, app, stream };
  }

  #describe(source: Source): void {
    this.#described = true;
    const { videoCodec, audioCodec, width, height, fps, encoder } = source.facts;
    const size = width === undefined || height === undefined ? undefined : `${width}x${height}`;
    const video = videoCodec === "" ? undefined : videoCodec;
    const audio = audioCodec === "" ? undefined : audioCodec;
    this.#peer.log("trace", "stream", { url: this.#stream?.streamUrl, video, size, fps, audio, encoder });
  }
}
