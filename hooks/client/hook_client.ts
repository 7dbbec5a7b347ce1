/**
 * Makes one attempt of a request or of a notification: its headers, its count and its line in the log.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import {
  classifyDelivery,
  parseAnswer,
  parseForwardAnswer,
  type RequestOutcome,
} from "../contract/answer.ts";
import type { AdmittedBy } from "../contract/call_headers.ts";
import { CallHistory, type HookCall } from "./call_history.ts";
import { type CallVerdict, REQUEST_VERDICTS } from "./call_stats.ts";
import type { CallOutcome } from "./http_caller.ts";
import type { Endpoint } from "./endpoint_table.ts";
import type { IdSource } from "../contract/ids.ts";
import { excerpt } from "./excerpt.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import { deadline } from "../../system/mod.ts";

/** One call of a request, ready to be sent. */
export interface RequestCall {
  readonly endpoint: Endpoint;
  readonly webhookId: string;
  readonly sessionId: string;
  readonly clientId: number;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One call without a body. */
export interface NoticeCall extends Pick<RequestCall, "webhookId" | "sessionId" | "clientId"> {
  /** The endpoint's, its variables replaced. */
  readonly url: string;
}

/** How an attempt to deliver a notification ended. `retry` without `reached`: there was no connection to the origin. */
export type DeliveryResult =
  | { readonly kind: "delivered" }
  | { readonly kind: "dead"; readonly cause: string }
  | {
    readonly kind: "retry";
    readonly cause: string;
    readonly reached: boolean;
    readonly retryAfterMs: number | undefined;
  };

/** What the client works with. */
export interface HookClientDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Aborted when the room closes: notifications under way are abandoned. */
  readonly closing: AbortSignal;
}

interface Sent {
  readonly endpoint: Endpoint;
  readonly webhookId: string;
  readonly clientId: number;
  readonly attempt: number;
  readonly ms: number;
}

/** Sends events and reads the answers. */
export class HookClient {
  readonly #deps: HookClientDeps;
  readonly #history = new CallHistory();

  /** @param deps Clock, log and ids. */
  constructor(deps: HookClientDeps) {
    this.#deps = deps;
  }

  /** The last calls, the newest first. */
  get calls(): readonly HookCall[] {
    return this.#history.list();
  }

  /** Send a request once. Never rejects. */
  async request(call: RequestCall): Promise<RequestOutcome> {
    const { endpoint, webhookId, clientId } = call;
    const { outcome, ms } = await this.#send(endpoint, call, 1, undefined);
    const sent = { endpoint, webhookId, clientId, attempt: 1, ms };
    if (outcome.kind === "answered") {
      const parse = endpoint.event === "on_forward" ? parseForwardAnswer : parseAnswer;
      const answer = parse(outcome.status, outcome.body);
      const cause = answer.kind === "error" ? answer.cause : "";
      const denial = answer.kind === "deny" ? answer.msg : undefined;
      this.#report(sent, REQUEST_VERDICTS[answer.kind], outcome, cause, denial);
      return answer;
    }
    const mayHaveAllowed = outcome.failure !== "connect" && outcome.failure !== "unsent";
    if (outcome.failure === "aborted" || outcome.failure === "unsent") {
      this.#deps.log.write("info", clientId, "Hook call aborted: its client left", {
        event: endpoint.event,
        url: endpoint.url,
        id: webhookId,
        ms: Math.round(ms),
      });
      return { kind: "aborted", mayHaveAllowed };
    }
    this.#report(sent, "error", outcome, outcome.detail);
    return { kind: "error", cause: outcome.detail, mayHaveAllowed };
  }

  /** Call an address without a body; any answer will do. Never rejects. */
  async notice(
    endpoint: Endpoint,
    { url, webhookId, sessionId, clientId }: NoticeCall,
  ): Promise<void> {
    const { clock, ids, closing } = this.#deps;
    const { caller, headers, options: { timeoutMs, noticeMaxBytes } } = endpoint.calls;
    const traceparent = ids.traceparent(sessionId);
    const identity = { webhookId, traceparent, attempt: 1, admittedBy: undefined };
    const { "content-type": _, ...sent } = headers.write(identity, "", clock.wallNow());
    const from = clock.now();
    const outcome = await caller.get({ url, headers: sent, timeoutMs, signal: closing }, noticeMaxBytes);
    const verdict = outcome.kind === "answered" ? "delivered" : "error";
    const cause = outcome.kind === "answered" ? "" : outcome.detail;
    this.#report(
      { endpoint, webhookId, clientId, attempt: 1, ms: clock.now() - from },
      verdict,
      outcome,
      cause,
    );
  }

  /** Send a notification once. Never rejects. */
  async notify(endpoint: Endpoint, row: OutboxRow): Promise<DeliveryResult> {
    if (row.pending !== undefined) {
      await deadline(this.#deps.clock, row.pending, { signal: this.#deps.closing, maxMs: Infinity });
    }
    const call = {
      webhookId: row.id,
      sessionId: row.facts.sessionId,
      body: row.body,
      timeoutMs: endpoint.calls.options.timeoutMs,
      signal: this.#deps.closing,
    };
    const { outcome, ms } = await this.#send(endpoint, call, row.attempts, row.admittedBy);
    const { clientId } = row.facts;
    const sent = { endpoint, webhookId: row.id, clientId, attempt: row.attempts, ms };
    const { status } = outcome;
    const verdict = status === undefined ? "retry" : classifyDelivery(status);
    const failed = outcome.kind === "failed" ? outcome.detail : `status ${outcome.status}`;
    const cause = verdict === "delivered" ? "" : failed;
    this.#report(sent, verdict, outcome, cause);
    if (verdict === "delivered") return { kind: "delivered" };
    if (verdict === "dead") return { kind: "dead", cause };
    const reached = outcome.kind === "answered" ||
      (outcome.failure !== "connect" && outcome.failure !== "gone");
    const retryAfterMs = outcome.kind === "answered" ? outcome.retryAfterMs : undefined;
    return { kind: "retry", cause, reached, retryAfterMs };
  }

  async #send(
    endpoint: Endpoint,
    call: Omit<RequestCall, "endpoint" | "clientId">,
    attempt: number,
    admittedBy: AdmittedBy | undefined,
  ): Promise<{ outcome: CallOutcome; ms: number }> {
    const { clock } = this.#deps;
    const { calls, url } = endpoint;
    const traceparent = this.#deps.ids.traceparent(call.sessionId);
    const identity = { webhookId: call.webhookId, traceparent, attempt, admittedBy };
    const headers = calls.headers.write(identity, call.body, clock.wallNow());
    const { body, timeoutMs, signal } = call;
    const from = clock.now();
    const outcome = await calls.caller.call({ url, headers, body, timeoutMs, signal });
    return { outcome, ms: clock.now() - from };
  }

  #report(sent: Sent, verdict: CallVerdict, outcome: CallOutcome, cause: string, denial = ""): void {
    const { endpoint, webhookId, clientId, attempt, ms } = sent;
    endpoint.stats.count(verdict, ms, cause);
    const { vhost, event, url } = endpoint;
    const { status } = outcome;
    const wallMs = this.#deps.clock.wallNow();
    const reason = cause === "" ? denial : cause;
    this.#history.add({
      wallMs,
      vhost,
      event,
      url,
      verdict,
      status,
      ms,
      attempt,
      id: webhookId,
      clientId,
      reason,
    });
    const fine = verdict === "yes" || verdict === "delivered";
    this.#deps.log.write(fine ? "trace" : "warn", clientId, "Hook called", {
      event: endpoint.event,
      verdict,
      url: endpoint.url,
      status: outcome.status,
      ms: Math.round(ms * 10) / 10,
      attempt,
      id: webhookId,
      cause: cause === "" ? undefined : cause,
      answer: fine || outcome.kind === "failed"
        ? undefined
        : excerpt(outcome.body, endpoint.calls.options.secrets),
    });
  }
}
