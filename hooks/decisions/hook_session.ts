/**
 * One session as the service knows it: requested, open, ended. Keeps the endings that it owes in the outbox.
 *
 * @module
 */
import type {
  ByteCounters,
  Clock,
  Ending,
  FinishedSegment,
  HookRequest,
  HookRequestContext,
  Lease,
  Publication,
  ReportedReason,
  StreamInfo,
} from "../../core/mod.ts";
import type { AdmittedBy } from "../contract/call_headers.ts";
import type { DeliveryService } from "../delivery/delivery_service.ts";
import type { Endpoint, RequestEndpoint, RequestPlan } from "../client/endpoint_table.ts";
import type { OpenPublishes } from "./open_publishes.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import { type SessionFacts, sessionFacts, writePayload } from "../contract/payload.ts";
import type { SegmentNotices } from "./segment_notices.ts";
import { type RowTerms, sessionRow } from "./session_row.ts";

/** What an address knows of the session: `allowed` it, `unknown` may have allowed it, `none` has not. */
export type ServiceKnowledge = "allowed" | "unknown" | "none";

/** What came of the request to one address. */
export interface RequestResult {
  readonly endpoint: RequestEndpoint;
  readonly knowledge: ServiceKnowledge;
  /** Set when the session is admitted although this address did not allow it. */
  readonly admittedBy: AdmittedBy | undefined;
}

/** What sessions work with. */
export interface HookSessionDeps {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly deliveries: DeliveryService;
  readonly sessions: Set<HookSession>;
  readonly serverId: string;
  readonly serviceId: string;
  /** Calls what gets each segment once, without a body. */
  readonly notices: SegmentNotices;
  /** Publishes whose segments are reported. */
  readonly publishes: OpenPublishes;
}

const NO_BYTES: ByteCounters = { sendBytes: 0, recvBytes: 0 };

/** A session and its endings, by the lease that its holder has. */
export class HookSession implements Lease, Publication {
  readonly plan: RequestPlan;
  readonly #deps: HookSessionDeps;
  readonly #context: HookRequestContext;
  readonly #from: number;
  /** By the position of the ending's address. */
  readonly #rows: (OutboxRow | undefined)[] = [];
  readonly #lane: string;
  #streamKeys: readonly string[];
  #facts: SessionFacts;
  #state: "pending" | "open" | "ended" = "pending";
  #onEnd: (() => void) | undefined;

  /** @param sessionId Never used before. */
  constructor(
    deps: HookSessionDeps,
    sessionId: string,
    plan: RequestPlan,
    request: HookRequest,
    context: HookRequestContext,
  ) {
    this.#deps = deps;
    this.#from = deps.clock.now();
    this.plan = plan;
    this.#context = context;
    const ids = {
      sessionId,
      serverId: deps.serverId,
      serviceId: deps.serviceId,
      startedAt: deps.clock.wallNow(),
    };
    this.#facts = sessionFacts(ids, request.client, request.stream);
    this.#lane = `${deps.serviceId}:${request.client.clientId}`;
    const key = streamKeyOf(this.#facts);
    this.#streamKeys = key === undefined ? [] : [key];
    if (request.event === "on_publish") deps.publishes.add(this);
  }

  /** The fields of its events. */
  get facts(): SessionFacts {
    return this.#facts;
  }

  /** What the caller of the request handed in. */
  get context(): HookRequestContext {
    return this.#context;
  }

  /** Its stream, by which requests and endings are ordered; `undefined` for a connection. */
  get streamKey(): string | undefined {
    return this.#streamKeys[0];
  }

  /** Milliseconds since the request. */
  get durationMs(): number {
    return Math.round(this.#deps.clock.now() - this.#from);
  }

  /** Whether segments of its stream are reported. */
  get reported(): boolean {
    return this.plan.segments.length + this.plan.segmentNotices.length > 0;
  }

  /** Whether it was refused, or has ended. */
  get over(): boolean {
    return this.#state === "ended";
  }

  /** Whether it was admitted and has not ended. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** The body of its start. */
  startBody(endpoint: Endpoint): string {
    const { payload } = endpoint.calls.options;
    return writePayload(payload, endpoint.event, this.#facts, this.#facts.startedAt);
  }

  /**
   * Record the endings that are owed if an address allows the session, before the request is sent to it.
   *
   * @returns `undefined` when there was nothing to record.
   */
  expect(endpoint: RequestEndpoint): Promise<void> | undefined {
    let added = false;
    for (const index of endpoint.pairs) added = this.#addRow(index, "asked") || added;
    return added ? this.#deps.outbox.recorded() : undefined;
  }

  /**
   * It was not admitted: send endings to the addresses that allowed it, and to those that may have. Called once, and
   * not after {@link HookSession.admit}.
   *
   * @param reason For addresses that had allowed it.
   */
  reject(results: readonly RequestResult[], reason: "rejected_later" | "client"): void {
    this.#state = "ended";
    for (const [index, row] of this.#rows.entries()) {
      if (row === undefined) continue;
      const known = results.filter((result) => result.endpoint.pairs.includes(index));
      if (known.some((result) => result.knowledge === "allowed")) this.#notify(row, reason, this.#counters());
      else if (known.some((result) => result.knowledge === "unknown")) {
        this.#notify(row, "abandoned", this.#counters());
      } else this.#deps.outbox.remove(row);
    }
  }

  /**
   * It is admitted: every ending is owed from here on, and starts without a call of their own are reported.
   * Resolves when that is recorded. Called once.
   */
  async admit(results: readonly RequestResult[]): Promise<void> {
    this.#state = "open";
    let added = false;
    for (const { endpoint, admittedBy, knowledge } of results) {
      if (admittedBy === undefined) continue;
      const row = this.#newRow({ endpoint, state: "due", admittedBy });
      row.body = this.startBody(endpoint);
      if (endpoint.event === "on_publish") row.streamKeys = this.#streamKeys;
      // The request was an attempt, although its outcome is not known.
      if (knowledge === "unknown") row.attempts = 1;
      void this.#deps.deliveries.dispatch(row);
      added = true;
    }
    for (const end of this.plan.endings) {
      const row = this.#rows[end.index];
      if (row === undefined) added = this.#addRow(end.index, "open") || added;
      else {
        row.state = "open";
        this.#deps.outbox.save(row);
      }
    }
    if (this.#rows.length > 0) this.#deps.sessions.add(this);
    // Rows from before the request were recorded then: a crash now would still send their endings.
    if (added) await this.#deps.outbox.recorded();
  }

  /** @param callback Called once, when the session ends. */
  onEnd(callback: () => void): void {
    this.#onEnd = callback;
  }

  /** The public name from here on. */
  rename(app: string, stream: StreamInfo): void {
    this.#facts = { ...this.#facts, app, stream };
    const key = streamKeyOf(this.#facts);
    // Requests come under the name that was published, and from here on under the public one too.
    if (key !== undefined && !this.#streamKeys.includes(key)) this.#streamKeys = [...this.#streamKeys, key];
    for (const row of this.#rows) {
      if (row === undefined) continue;
      row.facts = this.#facts;
      if (row.event !== "on_close") row.streamKeys = this.#streamKeys;
      this.#deps.outbox.save(row);
    }
  }

  /** The session ended; see {@link Lease.end}. */
  async end(ending: Ending): Promise<void> {
    if (this.#state !== "open") return;
    this.#state = "ended";
    this.#onEnd?.();
    this.#deps.sessions.delete(this);
    if (this.#rows.length === 0) return;
    if (this.plan.ending === "on_close" && ending.stream !== undefined) {
      this.#facts = { ...this.#facts, app: ending.app ?? this.#facts.app, stream: ending.stream };
    }
    for (const row of this.#rows) {
      if (row !== undefined) this.#notify(row, ending.reason, ending, ending.durationMs);
    }
    await this.#deps.outbox.recorded();
  }

  /** @inheritdoc */
  segmentFinished(segment: FinishedSegment): void {
    const { clock, deliveries, notices } = this.#deps;
    for (const endpoint of this.plan.segments) {
      const row = this.#newRow({ endpoint, state: "due", serial: segment.sequence });
      row.body = writePayload(row.payload, "on_hls", this.#facts, clock.wallNow(), segment);
      void deliveries.dispatch(row);
    }
    for (const endpoint of this.plan.segmentNotices) notices.send(endpoint, this.#facts, segment);
  }

  /** Record an open session's duration and bytes: after a crash its ending is sent with them. */
  checkpoint(): void {
    const { sendBytes, recvBytes } = this.#counters();
    const at = this.#recordedAt();
    for (const row of this.#rows) {
      if (row === undefined || row.state !== "open") continue;
      row.sendBytes = sendBytes;
      row.recvBytes = recvBytes;
      row.checkpointAt = at;
      this.#deps.outbox.save(row);
    }
  }

  /** Wall time of the start plus the duration: unlike the system's clock it is never set. */
  #recordedAt(): number {
    return this.#facts.startedAt + this.durationMs;
  }

  #counters(): ByteCounters {
    return this.#context.counters() ?? NO_BYTES;
  }

  #notify(
    row: OutboxRow,
    reason: ReportedReason,
    { sendBytes, recvBytes }: ByteCounters,
    durationMs: number = this.durationMs,
  ): void {
    const progress = { reason, durationMs, sendBytes, recvBytes };
    row.facts = this.#facts;
    row.body = writePayload(row.payload, row.event, this.#facts, this.#deps.clock.wallNow(), progress);
    void this.#deps.deliveries.dispatch(row);
  }

  #addRow(index: number, state: "asked" | "open"): boolean {
    const end = this.plan.endings[index];
    if (end === undefined || this.#rows[index] !== undefined) return false;
    const row = this.#newRow({ endpoint: end, state });
    if (row.event !== "on_close") row.streamKeys = this.#streamKeys;
    this.#rows[index] = row;
    this.#deps.outbox.save(row);
    return true;
  }

  #newRow(terms: RowTerms): OutboxRow {
    const { clock, outbox } = this.#deps;
    return sessionRow(terms, {
      facts: this.#facts,
      lane: this.#lane,
      nowMs: clock.now(),
      seq: outbox.nextSeq(clock.wallNow()),
      checkpointAt: this.#recordedAt(),
    });
  }
}

/** The key by which requests and endings of one stream are matched. */
function streamKeyOf(facts: SessionFacts): string | undefined {
  return facts.stream === undefined ? undefined : `${facts.vhost}/${facts.app}/${facts.stream.stream}`;
}
