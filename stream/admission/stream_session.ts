/**
 * What a publish and a play have in common, whatever the protocol: the way of a request through rules, quotas and
 * hooks, and an ending that happens exactly once.
 *
 * ```text
 * start():  resolve the target > access rules > on_connect > reserve (name, quota) > on_publish or on_play
 * end():    stop media > release the quota > record the ending > release the source
 * ```
 *
 * Between the two the protocol answers its client and begins the session. Everything that `start` acquires is
 * released by `end`, on every path.
 *
 * @module
 */
import type { AdmissionContext } from "./admission_context.ts";
import type { AccessAction } from "./access/mod.ts";
import { loopOf } from "./relay/edge.ts";
import { NO_HOOKS } from "./relay/no_hooks.ts";
import type { StartDecision, StreamRequest } from "./stream_request.ts";
import { hookRequest, hookRequestContext, streamUrlOf } from "./hook_request.ts";
import { logRefusal, type PendingRefusal, type Refusal, type RequestPlace } from "./refusal.ts";
import { type MeasuredEnding, SessionAccount } from "./session_account.ts";
import type { SessionClient } from "./session_client.ts";
import type { ReportedSession } from "./session_reports.ts";
import { type ConnectFacts, resolveTarget, type StreamTarget } from "./stream_target.ts";
import type { Decisions, EndReason, Lease, Revocation, StreamInfo } from "../../core/mod.ts";
import { acquireQuota, type QuotaLease, type QuotaLimit } from "../../system/mod.ts";
import type { Source } from "../live/mod.ts";

/** Why a request is void; a constant, since an abort without a reason creates an error with its stack. */
const VOID = "the request is void";

const ALLOWED: StartDecision = Object.freeze({ kind: "allow" });
const ABORTED: StartDecision = Object.freeze({ kind: "aborted" });

/** A publish or play from its request to its end. */
export abstract class StreamSession<Client extends SessionClient = SessionClient> {
  /** Whose session it is. */
  protected readonly client: Client;
  /** What all sessions share. */
  protected readonly context: AdmissionContext;
  readonly #action: AccessAction;
  readonly #aborter = new AbortController();
  #started: Promise<StartDecision> | undefined;
  #ended: Promise<void> | undefined;
  #target: StreamTarget | undefined;
  #request: StreamRequest | undefined;
  #source: Source | undefined;
  #quota: QuotaLease | undefined;
  #lease: Lease | undefined;
  /** Since the request to the service. */
  #account: SessionAccount | undefined;
  #hasBegun = false;
  /** What was reported when media began. */
  #begun: ReportedSession | undefined;
  #app = "";
  #stream: StreamInfo | undefined;

  /** Nothing requested yet. */
  constructor(action: AccessAction, client: Client, context: AdmissionContext) {
    this.#action = action;
    this.client = client;
    this.context = context;
  }

  /** The client withdrew the request, or the session has ended. */
  get aborted(): boolean {
    return this.#aborter.signal.aborted;
  }

  /** The public app, `""` before the service has allowed the session. */
  get app(): string {
    return this.#app;
  }

  /** The public stream; `undefined` before the service has allowed the session. */
  get stream(): StreamInfo | undefined {
    return this.#stream;
  }

  /** Where the request led, if anywhere; `undefined` before it is resolved. */
  get target(): StreamTarget | undefined {
    return this.#target;
  }

  /** The options of its vhost as they are now, which may be others than it began with. */
  get vhost(): StreamTarget["vhost"] | undefined {
    const known = this.target?.vhost;
    return known && (this.context.options.vhosts.get(known.name) ?? known);
  }

  /** The stream in memory; `undefined` before it is reserved. */
  get source(): Source | undefined {
    return this.#source;
  }

  /**
   * Decide about the request. It may be called once, and {@link StreamSession.end} has to follow, whatever the answer.
   */
  start(request: StreamRequest): Promise<StartDecision> {
    if (this.aborted) return Promise.resolve(ABORTED);
    return this.#started = this.#start(request);
  }

  /** The client withdrew the request, or is gone: what is being decided is void. */
  abort(): void {
    this.#aborter.abort(VOID);
  }

  /** The session is over. Resolves when its ending is recorded and all that it used is released; may be called again. */
  end({ reason }: Revocation): Promise<void> {
    return this.#ended ??= this.#end(reason);
  }

  /** Why the target is refused before any rule is checked. */
  protected abstract refuseEarly(target: StreamTarget): Refusal | undefined;

  /** Reserve the source and acquire the quota; a refusal where either cannot be had. */
  protected abstract reserve(target: StreamTarget): PendingRefusal | Refusal;

  /** The service has allowed the session: what has to be done before it may begin. */
  protected abstract settle(target: StreamTarget, decisions: Decisions): PendingRefusal;

  /** The session has begun: stop its media and log its end. What follows waits for it. */
  protected abstract stop(ending: MeasuredEnding): Promise<void> | void;

  /** Let go of a source that this session has reserved. */
  protected abstract release(source: Source): void;

  /** What the client said of itself; `undefined` before it requested anything. */
  protected get facts(): ConnectFacts | undefined {
    return this.#request?.facts;
  }

  /** Aborted with the request. */
  protected get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  /** Acquire the session's quota; a refusal where a limit is reached. */
  protected acquireQuota(wanted: readonly QuotaLimit[], reason: string): Refusal | undefined {
    const acquired = acquireQuota(wanted, this.client, this.context);
    if (typeof acquired === "string") return { rule: acquired, reason };
    this.#quota = acquired;
    return undefined;
  }

  /** Keep a reserved source until the session is over, instead of the one that it has. */
  protected keepSource(source: Source): void {
    const last = this.#source;
    this.#source = source;
    if (last !== undefined) this.release(last);
  }

  /** The service has renamed the session: its public name, from here on. */
  protected rename(target: StreamTarget, app: string, stream: string): void {
    this.#lease?.rename(app, this.#setPublicName(target, app, stream));
  }

  /** Media begins. */
  protected beginMedia(): void {
    this.#hasBegun = true;
    const begun = this.#begun = this.reported;
    if (begun !== undefined) this.context.reports.began(this.#action, this.client, begun.facts, begun.use);
  }

  /** What reports of the session say of it; `undefined` before the service has allowed it. */
  protected get reported(): ReportedSession | undefined {
    const { facts } = this;
    const target = this.#target;
    const stream = this.#stream;
    if (facts === undefined || target === undefined || stream === undefined) return undefined;
    const { vhost, url } = target;
    const app = this.#app;
    const isRenamed = url.stream !== stream.stream || url.app !== app;
    const use = { vhost: vhost.name, app, stream };
    return { facts, use: isRenamed ? { ...use, hiddenName: url.stream } : use };
  }

  /** What was sent to the client since the request to the service, on average, kbit/s. */
  protected sentKbps(ending: MeasuredEnding): number | undefined {
    return this.#account?.sentKbps(ending);
  }

  /** Rules and hooks are somebody else's: of the edge that the client is connected to, or of the origin. */
  #isAdmitted({ facts, isOwn = false }: StreamRequest, { vhost: { cluster } }: StreamTarget): boolean {
    if (isOwn) return true;
    return facts.edge?.isTrusted === true && cluster.mode === "local" && cluster.hooks === "edge";
  }

  async #start(request: StreamRequest): Promise<StartDecision> {
    try {
      const { context, client, signal } = this;
      const { facts, streamName, connect } = this.#request = request;
      const target = resolveTarget(context.options, facts, streamName);
      if ("refused" in target) return this.#logAndDeny(target.refused, target.place);
      this.#target = target;
      const early = loopOf(facts.edge, context.options.serverId) ?? this.refuseEarly(target);
      if (early !== undefined) return this.#logAndDeny(early);
      // What is known at once is not waited for: most players meet no rule, and each promise costs.
      const refused = this.#isAdmitted(request, target)
        ? undefined
        : context.access.checkStream(this.#action, client, facts, target, signal);
      if (refused !== undefined) return this.#denyLogged(await refused, this.#shown(this.#place()));
      const asked = connect?.wouldAsk(facts, target) ? await connect.admit(facts, target, signal) : undefined;
      if (asked?.kind === "aborted") return ABORTED;
      if (asked !== undefined) return this.#logAndDeny(asked);
      const taken = await this.reserve(target);
      if (taken !== undefined) return this.#logAndDeny(taken);
      return await this.#requestVerdict(request, target);
    } finally {
      this.#started = undefined;
    }
  }

  async #requestVerdict(asked: StreamRequest, target: StreamTarget): Promise<StartDecision> {
    const source = this.#source;
    if (source === undefined) return ABORTED;
    const { vhost, url: { app, stream, param } } = target;
    const streamUrl = streamUrlOf(vhost.name, app, stream);
    const event = `on_${this.#action}` as const;
    this.#account = new SessionAccount(this.client, this.context.clock);
    const info = { stream, param, streamUrl, streamId: source.streamId };
    const request = hookRequest(event, this.client, asked.facts, target, info);
    const { mode, hooks: where } = vhost.cluster;
    const isElsewhere = this.#isAdmitted(asked, target) || (mode === "remote" && where === "origin");
    const hooks = isElsewhere ? NO_HOOKS : this.context.hooks;
    const verdict = await hooks.request(request, hookRequestContext(this.client, this.signal));
    if (verdict.kind === "aborted") return ABORTED;
    if (verdict.kind === "deny") return this.#logAndDeny(verdict);
    this.#lease = verdict.lease;
    this.#setPublicName(target, app, stream);
    if (this.aborted) return ABORTED;
    const refusal = await this.settle(target, verdict.decisions);
    if (refusal !== undefined) return this.#logAndDeny(refusal);
    // The service may have given it the name of a stream that is banned.
    const banned = this.context.access.checkBan(this.client, this.#stream?.streamUrl ?? streamUrl);
    if (banned !== undefined) return this.#logAndDeny(banned);
    return this.aborted ? ABORTED : ALLOWED;
  }

  /** The session is public under this name from here on. */
  #setPublicName({ vhost, url }: StreamTarget, app: string, stream: string): StreamInfo {
    const streamId = this.#source?.streamId ?? "";
    this.#app = app;
    const streamUrl = streamUrlOf(vhost.name, app, stream);
    return this.#stream = { stream, param: url.param, streamUrl, streamId };
  }

  async #end(reason: EndReason): Promise<void> {
    this.abort();
    // A failure there has been reported to its caller; what was acquired is released and the ending recorded.
    if (this.#started !== undefined) await this.#started.catch(() => undefined);
    const ending = this.#account?.ending(reason);
    // Not an `AsyncDisposableStack`: its entries and closures would be kept for each player.
    try {
      if (ending !== undefined && this.#hasBegun) {
        await this.stop(ending);
        this.#reportEnd(ending);
      }
    } finally {
      this.#quota?.release();
      try {
        if (ending !== undefined) await this.#lease?.end(ending);
      } finally {
        if (this.#source !== undefined) this.release(this.#source);
      }
    }
  }

  #reportEnd(ending: MeasuredEnding): void {
    const begun = this.#begun;
    if (begun === undefined) return;
    this.context.reports.ended(this.#action, this.client, begun.facts, begun.use, ending);
  }

  #logAndDeny(refusal: Refusal, place: RequestPlace = this.#place()): StartDecision {
    if (this.aborted) return ABORTED;
    const shown = this.#shown(place);
    logRefusal(this.client, this.#action, shown, refusal);
    return this.#denyLogged(refusal, shown);
  }

  /** The name of a publish may be a key. */
  #shown(place: RequestPlace): RequestPlace {
    return this.#action === "publish" ? this.context.secretNames.shownIn(place) : place;
  }

  #denyLogged({ rule, reason, redirect, failed = false }: Refusal, shown: RequestPlace): StartDecision {
    if (this.aborted) return ABORTED;
    this.context.reports.denied(this.#action, this.client, shown, { rule, reason });
    return { kind: "deny", rule, reason, failed, ...(redirect === undefined ? {} : { redirect }) };
  }

  #place(): RequestPlace {
    if (this.#target === undefined) return {};
    const { vhost: { name: vhost }, url: { app, stream } } = this.#target;
    return { vhost, app, stream };
  }
}
