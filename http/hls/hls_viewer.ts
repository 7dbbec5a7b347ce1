/**
 * A viewer of many requests: one session, whatever connections they come by.
 *
 * @module
 */
import type {
  ByteCounters,
  Denial,
  EndReason,
  LimitName,
  LogFields,
  LogLevel,
  Revocation,
} from "../../core/mod.ts";
import {
  clientSnapshot,
  type MediaContext,
  PlaySession,
  type RegisteredClient,
  type SessionClient,
  type StreamTarget,
  TrafficMeter,
} from "../../stream/admission/mod.ts";
import type { ClientSnapshot, Usage } from "../../stream/live/mod.ts";
import type { HlsStream } from "./hls_stream.ts";
import type { HlsStreams } from "./hls_streams.ts";
import { TransientSet } from "./transient_set.ts";
import type { ViewerRequest } from "./viewer_request.ts";

/** Without a request for so long a viewer is gone, milliseconds. */
const MIN_IDLE_MS = 10_000;
/** The same in target durations. */
const IDLE_TARGETS = 3;

/** Whether the viewer may view. */
export type ViewerAdmission =
  | { readonly kind: "admitted"; readonly stream: HlsStream }
  | Denial
  | { readonly kind: "ended" };

/** A viewer as its requests see it, whatever thread it is of. */
export interface ViewerSession {
  /** The one address from which it may request; `undefined`: any. */
  readonly boundIp: string | undefined;
  /** Settles when it is decided whether the viewer may view; never rejects. */
  readonly admission: Promise<ViewerAdmission>;
  /** Why it is over; `undefined` while it is not. */
  readonly ending: Revocation | undefined;
  /** What the viewer views: it is admitted, and not over. */
  readonly stream: HlsStream | undefined;
  /** A request of the viewer has come. */
  requested(request: ViewedRequest, receivedBytes: number): void;
  /** It is answered. */
  answered(request: ViewedRequest, sentBytes: number): void;
}

/** A request while it is answered. */
export interface ViewedRequest {
  /** The viewer is over: wait for nothing. */
  cut(): void;
}

/** A session. */
export class HlsViewer implements SessionClient, RegisteredClient, ViewerSession {
  /** Other threads that its requests have come to. */
  readonly threads: Set<number> = new Set();
  /** Called when it ends, before its ending is recorded. */
  onEnd: (ending: Revocation) => void = () => {};
  readonly clientId: number;
  readonly id: string;
  readonly ip: string;
  readonly boundIp: string | undefined;
  readonly protocol = "hls";
  readonly #request: ViewerRequest;
  readonly #context: MediaContext;
  readonly #streams: HlsStreams;
  readonly #session: PlaySession;
  readonly #meter: TrafficMeter;
  readonly #over = Promise.withResolvers<void>();
  readonly #admission = Promise.withResolvers<ViewerAdmission>();
  readonly #requests = new TransientSet<ViewedRequest>();
  #ending: Revocation | undefined;
  #target: StreamTarget | undefined;
  #stream: HlsStream | undefined;
  #sentBytes = 0;
  #receivedBytes = 0;
  #lastReceivedMs: number;
  #lastAnsweredMs: number;

  /** Nothing is decided yet. */
  constructor(request: ViewerRequest, context: MediaContext, streams: HlsStreams) {
    this.#request = request;
    this.#context = context;
    this.#streams = streams;
    this.id = request.id;
    this.ip = request.ip;
    this.boundIp = request.bindIp ? request.ip : undefined;
    this.clientId = context.clients.nextId();
    this.#lastReceivedMs = this.#lastAnsweredMs = context.clock.now();
    this.#meter = new TrafficMeter(this.#lastReceivedMs);
    this.#session = new PlaySession(this, context);
  }

  /** @inheritdoc */
  get admission(): Promise<ViewerAdmission> {
    return this.#admission.promise;
  }

  /** @inheritdoc */
  get ending(): Revocation | undefined {
    return this.#ending;
  }

  /** @inheritdoc */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** It was admitted: its client may know its id. */
  get admitted(): boolean {
    return this.#stream !== undefined;
  }

  /** When the last answer was complete: the end of the session. */
  get lastAnsweredMs(): number {
    return this.#lastAnsweredMs;
  }

  /** Serve the viewer until it is gone and its ending is recorded. */
  async run(): Promise<void> {
    try {
      const { facts, streamName } = this.#request;
      const answer = await this.#session.start({ facts, streamName });
      if (this.#ending === undefined && answer.kind === "deny") {
        this.end("rejected", answer.reason);
        this.#admission.resolve(answer);
      }
      if (this.#ending === undefined) this.#begin();
      await this.#over.promise;
    } finally {
      this.#admission.resolve({ kind: "ended" });
      await this.#session.end(this.#ending ?? { reason: "client", description: "" });
      if (this.#stream !== undefined && this.#target !== undefined) this.#streams.release(this.#target);
    }
  }

  /** @inheritdoc */
  get stream(): HlsStream | undefined {
    return this.#ending === undefined ? this.#stream : undefined;
  }

  /** @inheritdoc */
  requested(request: ViewedRequest, receivedBytes: number): void {
    this.#requests.add(request);
    this.#receivedBytes += receivedBytes;
    this.#lastReceivedMs = this.#context.clock.now();
  }

  /** @inheritdoc */
  answered(request: ViewedRequest, sentBytes: number): void {
    this.#requests.delete(request);
    this.#sentBytes += sentBytes;
    this.#lastAnsweredMs = this.#context.clock.now();
  }

  /** Its requests have come to another thread, within the last second. */
  servedElsewhere(receivedBytes: number, sentBytes: number): void {
    this.#receivedBytes += receivedBytes;
    this.#sentBytes += sentBytes;
    this.#lastReceivedMs = this.#lastAnsweredMs = this.#context.clock.now();
  }

  /** @inheritdoc */
  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.#context.log.write(level, this.clientId, message, fields);
  }

  /** @inheritdoc */
  counters(): ByteCounters {
    return { sendBytes: this.#sentBytes, recvBytes: this.#receivedBytes };
  }

  /** @inheritdoc */
  get servedBy(): string | undefined {
    return this.#session.target?.vhost.name;
  }

  /** @inheritdoc */
  usage(): Usage {
    return { sendBytes: this.#sentBytes, recvBytes: this.#receivedBytes, jumps: 0, droppedMs: 0 };
  }

  /** @inheritdoc */
  snapshot(nowMs: number): ClientSnapshot | undefined {
    const { clientId, ip, protocol } = this;
    const { facts } = this.#request;
    const home = this.#session.target;
    const use = this.#session.use();
    if (home === undefined || use === undefined) return undefined;
    const meter = this.#meter;
    return clientSnapshot({ clientId, ip, protocol, facts, home, meter }, use, this.usage(), nowMs);
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    if (this.#ending !== undefined) return;
    this.#meter.sample(nowMs, this.counters());
    this.#session.sweep(nowMs);
  }

  #checkIdle(nowMs: number): void {
    if (this.#requests.size > 0 || this.#stream === undefined) return;
    const targetMs = (this.#stream.state?.terms.targetDurationS ?? 0) * 1000;
    const idleMs = Math.max(MIN_IDLE_MS, IDLE_TARGETS * targetMs);
    const silentMs = nowMs - Math.max(this.#lastReceivedMs, this.#lastAnsweredMs);
    if (silentMs > idleMs) this.end("idle", `No request within ${idleMs} ms`);
  }

  /** @inheritdoc */
  isOfVhost(isGone: (vhost: string) => boolean): boolean {
    const { target } = this.#session;
    return target !== undefined && isGone(target.vhost.name);
  }

  /** @inheritdoc */
  kick(): void {
    this.end("kicked", "The operator ended this session");
  }

  /** @inheritdoc */
  end(reason: EndReason, description: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = { reason, description };
    this.#session.abort();
    this.#over.resolve();
    for (const request of this.#requests.list) request.cut();
    this.onEnd(this.#ending);
  }

  /** @inheritdoc */
  endForLimit(limit: LimitName, reason: EndReason, description: string): void {
    if (this.#ending !== undefined) return;
    this.#context.limits.hit(limit, { clientId: this.clientId, ip: this.ip, detail: description });
    this.end(reason, description);
  }

  #begin(): void {
    const { target } = this.#session;
    if (target === undefined) return this.end("client", "The play is void");
    // Nothing is pushed to a viewer, so it cannot be too slow.
    this.#session.begin({
      jumps: 0,
      droppedMs: 0,
      sweep: (nowMs) => this.#checkIdle(nowMs),
      leave: () => {},
    });
    this.#target = target;
    this.#stream = this.#streams.acquire(target);
    this.#admission.resolve({ kind: "admitted", stream: this.#stream });
  }
}
