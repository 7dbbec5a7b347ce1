/**
 * Runs one request: each address in turn, after the pending endings of the stream there, within one deadline; and
 * finds which endings are owed afterwards.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import type { Answer, AnswerDecisions, RequestOutcome } from "../contract/answer.ts";
import type { AdmittedBy } from "../contract/call_headers.ts";
import type { HookClient } from "../client/hook_client.ts";
import type { DeliveryService } from "../delivery/delivery_service.ts";
import { DecisionCache, requestKey } from "./decision_cache.ts";
import type { RequestEndpoint, RequestPlan } from "../client/endpoints.ts";
import type { HookSession, RequestResult, ServiceKnowledge } from "./hook_session.ts";
import { webhookId } from "../contract/ids.ts";
import type { OnError } from "../options.ts";
import { deadline } from "../../system/mod.ts";

/**
 * How a request ended. The results say what each address knows; `answered`, whether the service itself decided at all
 * addresses, without `on_error`.
 */
export type RequestDecision =
  & { readonly results: readonly RequestResult[] }
  & (
    | { readonly kind: "allow"; readonly decisions: AnswerDecisions; readonly answered: boolean }
    | {
      readonly kind: "deny";
      readonly reason: string;
      readonly redirect: string | undefined;
      /** The address that denied, or gave no usable answer. */
      readonly address: string;
      readonly answered: boolean;
    }
    | { readonly kind: "aborted" }
  );

/** The service's own decision. */
type Decision = Exclude<Answer, { kind: "error" }>;

/** What the runner works with. */
export interface RequestRunnerDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly hookClient: HookClient;
  readonly deliveries: DeliveryService;
}

type GateOutcome = "clear" | "aborted" | { readonly error: string };

/** Sends requests to all addresses of a plan. */
export class RequestRunner {
  readonly #deps: RequestRunnerDeps;
  readonly #last = new DecisionCache<Decision>();

  /** @param deps Clock, log and caller. */
  constructor(deps: RequestRunnerDeps) {
    this.#deps = deps;
  }

  /**
   * Request a decision about a session. Never rejects.
   *
   * @param signal Aborts the request.
   */
  async decide(session: HookSession, signal: AbortSignal): Promise<RequestDecision> {
    const { plan } = session;
    const results: RequestResult[] = [];
    const endsAt = this.#deps.clock.now() + plan.options.askTimeoutMs;
    let decisions: AnswerDecisions = {};
    let answered = true;
    for (const endpoint of plan.requests) {
      const outcome = await this.#requestOne(session, endpoint, signal, endsAt);
      if (outcome.kind === "aborted") {
        results.push({ endpoint, knowledge: knowledgeOf(outcome), admittedBy: undefined });
        return { kind: "aborted", results };
      }
      const { answer, admittedBy } = this.#resolve(session, endpoint, outcome);
      const admits = answer.kind === "allow" ? admittedBy : undefined;
      results.push({ endpoint, knowledge: knowledgeOf(outcome), admittedBy: admits });
      answered &&= outcome.kind !== "error";
      if (answer.kind === "deny") {
        const failed = `${plan.event} could not be answered`;
        const reason = answer.msg ?? (answered ? `${plan.event} was refused` : failed);
        return { kind: "deny", reason, redirect: answer.redirect, address: endpoint.url, answered, results };
      }
      decisions = mergeDecisions(decisions, answer.decisions);
    }
    return signal.aborted ? { kind: "aborted", results } : { kind: "allow", decisions, answered, results };
  }

  /** The decision that an outcome means; after an error by `on_error`. */
  #resolve(
    session: HookSession,
    endpoint: RequestEndpoint,
    outcome: Exclude<RequestOutcome, { kind: "aborted" }>,
  ): { answer: Decision; admittedBy: AdmittedBy | undefined } {
    const { plan } = session;
    const policy = onErrorOf(plan);
    const key = policy === "last" ? `${endpoint.url} ${requestKey(plan.event, session.facts)}` : "";
    if (outcome.kind !== "error") {
      if (policy === "last") this.#last.set(key, outcome, this.#deps.clock.now());
      return { answer: outcome, admittedBy: undefined };
    }
    if (policy === "allow") return { answer: { kind: "allow", decisions: {} }, admittedBy: "allowed" };
    const last = policy === "last"
      ? this.#last.get(key, plan.options.lastTtlMs, this.#deps.clock.now())
      : undefined;
    return { answer: last ?? { kind: "deny", msg: undefined, redirect: undefined }, admittedBy: "last" };
  }

  async #requestOne(
    session: HookSession,
    endpoint: RequestEndpoint,
    signal: AbortSignal,
    endsAt: number,
  ): Promise<RequestOutcome> {
    const { origin } = endpoint;
    const { clock } = this.#deps;
    if (signal.aborted) return { kind: "aborted", mayHaveAllowed: false };
    const permit = origin.breaker.admit(clock.now());
    if (permit === undefined) {
      return this.#notSent(session, endpoint, `the breaker of ${origin.name} is open`);
    }
    const gate = await this.#passGate(session, endpoint, signal, endsAt);
    if (gate === "aborted") {
      origin.breaker.cancel(permit);
      return { kind: "aborted", mayHaveAllowed: false };
    }
    if (gate !== "clear") {
      origin.failed();
      return this.#notSent(session, endpoint, gate.error);
    }
    try {
      const record = await this.#record(session, endpoint, signal, endsAt);
      if (record !== "clear") {
        // Says nothing about the service: the probe is still to be made.
        origin.breaker.cancel(permit);
        return record === "aborted"
          ? { kind: "aborted", mayHaveAllowed: false }
          : this.#notSent(session, endpoint, record.error);
      }
      const { facts } = session;
      const outcome = await this.#deps.hookClient.request({
        endpoint,
        webhookId: webhookId(facts.sessionId, endpoint.event, endpoint.index),
        sessionId: facts.sessionId,
        clientId: facts.clientId,
        body: session.startBody(endpoint),
        timeoutMs: Math.max(1, Math.min(endpoint.calls.options.timeoutMs, endsAt - this.#deps.clock.now())),
        signal,
      });
      if (outcome.kind === "aborted") origin.breaker.cancel(permit);
      else if (outcome.kind === "error") origin.failed();
      else origin.answered();
      return outcome;
    } finally {
      origin.slots.releaseRequest();
    }
  }

  /** Wait until the outbox has the endings that would be owed if the service allows, however slow its disk is. */
  async #record(
    session: HookSession,
    endpoint: RequestEndpoint,
    signal: AbortSignal,
    endsAt: number,
  ): Promise<GateOutcome> {
    const recording = session.expect(endpoint);
    if (recording === undefined) return "clear";
    const recorded = await deadline(this.#deps.clock, recording, {
      signal,
      maxMs: endsAt - this.#deps.clock.now(),
    });
    if (recorded === "aborted") return "aborted";
    return recorded === "expired" ? { error: "ask_timeout passed before the outbox was written" } : "clear";
  }

  /** Wait for older endings of the stream and for a slot, which is acquired when this returns `clear`. */
  async #passGate(
    session: HookSession,
    endpoint: RequestEndpoint,
    signal: AbortSignal,
    endsAt: number,
  ): Promise<GateOutcome> {
    const { origin } = endpoint;
    const clearing = session.streamKey === undefined
      ? undefined
      : this.#deps.deliveries.clear(origin, session.streamKey);
    if (clearing !== undefined) {
      const cleared = await deadline(this.#deps.clock, clearing, {
        signal,
        maxMs: endsAt - this.#deps.clock.now(),
      });
      if (cleared === "aborted") return "aborted";
      if (cleared === "expired") {
        return { error: "ask_timeout passed before the stream's last ending was delivered" };
      }
      if (cleared === "unreachable") {
        return { error: "the stream's last ending could not be delivered" };
      }
    }
    if (origin.slots.tryRequest()) return "clear";
    const slot = await origin.slots.waitForRequest(signal, endsAt - this.#deps.clock.now());
    if (slot === "granted") return "clear";
    return slot === "aborted"
      ? "aborted"
      : { error: "ask_timeout passed while max_concurrency other calls were under way" };
  }

  #notSent(session: HookSession, endpoint: RequestEndpoint, cause: string): RequestOutcome {
    endpoint.stats.count("error", 0, cause);
    this.#deps.log.write("warn", session.facts.clientId, "Hook not called", {
      event: endpoint.event,
      url: endpoint.url,
      id: webhookId(session.facts.sessionId, endpoint.event, endpoint.index),
      cause,
    });
    return { kind: "error", cause, mayHaveAllowed: false };
  }
}

function knowledgeOf(outcome: RequestOutcome): ServiceKnowledge {
  if (outcome.kind === "allow") return "allowed";
  return outcome.kind !== "deny" && outcome.mayHaveAllowed ? "unknown" : "none";
}

/** What decides when the service gives no usable answer. */
function onErrorOf(plan: RequestPlan): OnError {
  return plan.options.onError[plan.event] ?? plan.options.onError.default;
}

/** Decisions of several addresses: the later one's names, the stricter limits, all forwards. */
function mergeDecisions(one: AnswerDecisions, other: AnswerDecisions): AnswerDecisions {
  const merged = { ...one, ...other };
  if (one.ttlMs === undefined && one.maxBitrateKbps === undefined && one.forward === undefined) return merged;
  return {
    ...merged,
    ...tighter("ttlMs", one.ttlMs, other.ttlMs),
    ...tighter("maxBitrateKbps", one.maxBitrateKbps, other.maxBitrateKbps),
    ...(merged.forward === undefined
      ? {}
      : { forward: [...new Set([...(one.forward ?? []), ...(other.forward ?? [])])] }),
  };
}

function tighter<K extends string>(
  key: K,
  one: number | undefined,
  other: number | undefined,
): Partial<Record<K, number>> {
  const values = [one, other].filter((value) => value !== undefined);
  const limits: Partial<Record<K, number>> = {};
  if (values.length > 0) limits[key] = Math.min(...values);
  return limits;
}
