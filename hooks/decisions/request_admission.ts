/**
 * From a request to a verdict: each address in turn within one deadline, or the answer to an equal request, or without
 * waiting in shadow mode. Also finds which endings are owed afterwards.
 *
 * @module
 */
import type {
  Clock,
  Decision,
  HookEventName,
  HookRequest,
  HookRequestContext,
  Hooks,
  Lease,
  Log,
  Verdict,
} from "../../core/mod.ts";
import type { Answer, AnswerDecisions, RequestOutcome } from "../contract/answer.ts";
import type { AdmittedBy } from "../contract/call_headers.ts";
import type { HookClient } from "../client/hook_client.ts";
import { REQUEST_VERDICTS } from "../client/call_stats.ts";
import { DecisionCache, requestKey } from "./decision_cache.ts";
import type { RequestEndpoint, RequestPlan } from "../client/endpoint_table.ts";
import type { Endpoints } from "../client/endpoints.ts";
import {
  HookSession,
  type HookSessionDeps,
  type RequestResult,
  type ServiceKnowledge,
} from "./hook_session.ts";
import { type IdSource, webhookId } from "../contract/ids.ts";
import { mergeDecisions } from "./merge_decisions.ts";
import type { OnError } from "../options.ts";
import type { OpenUpdates } from "./open_updates.ts";
import { requestBody } from "./request_body.ts";
import { type AddressRequest, enterGate, leaveGate } from "./request_gate.ts";
import { SingleFlight } from "./single_flight.ts";
import { withUsableRedirect } from "./usable_redirect.ts";

/** What admission works with. */
export interface RequestAdmissionDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly endpoints: Endpoints;
  readonly hookClient: HookClient;
  readonly session: HookSessionDeps;
  readonly updates: Pick<OpenUpdates, "start">;
}

/** A verdict as equal requests can share it: the lease is each session's own. */
type SharedVerdict = Decision<{ readonly decisions: AnswerDecisions }>;

/** A verdict and how it came about. */
interface RequestDecision {
  readonly verdict: SharedVerdict;
  /** What each address knows. */
  readonly results: readonly RequestResult[];
  /** The service itself decided at all addresses, without `on_error`. */
  readonly answered: boolean;
}

/** The service's own decision. */
type AddressAnswer = Exclude<Answer, { kind: "error" }>;

const NO_LEASE: Lease = { rename: () => {}, end: () => Promise.resolve() };
/** Nobody is asked. */
const ADMITTED: Promise<Verdict> = Promise.resolve({ kind: "allow", lease: NO_LEASE, decisions: {} });
const ABORTED: Verdict = { kind: "aborted" };
/** What denies where the service gives no usable answer. */
const NO_ANSWER: AddressAnswer = { kind: "deny", msg: undefined, redirect: undefined };
const NEVER_ABORTED = new AbortController().signal;

/** Decides whether a session is admitted. */
export class RequestAdmission implements Hooks {
  readonly #deps: RequestAdmissionDeps;
  readonly #cache = new DecisionCache<RequestDecision>();
  readonly #flights = new SingleFlight<RequestDecision>();
  /** The last answer to each request, for `on_error = "last"`. */
  readonly #last = new DecisionCache<AddressAnswer>();
  /** Requests that no client waits for. */
  readonly #background = new Set<Promise<void>>();

  /** @param deps The addresses and what sends requests to them. */
  constructor(deps: RequestAdmissionDeps) {
    this.#deps = deps;
  }

  /** @inheritdoc */
  request(request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    const plan = this.#deps.endpoints.plan(request.client.vhost, request.event);
    return plan === undefined ? ADMITTED : this.#requestBy(plan, request, context);
  }

  /** Resolves when all requests are over that no client waits for. */
  async settled(): Promise<void> {
    await Promise.all(this.#background);
  }

  async #requestBy(plan: RequestPlan, request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    const { ids, clock, session: sessionDeps } = this.#deps;
    const session = new HookSession(sessionDeps, ids.sessionId(clock.wallNow()), plan, request, context);
    if (plan.options.mode === "shadow") return this.#shadow(session);
    const shared = plan.options.cacheTtlMs > 0 && plan.requests.length > 0;
    const decision = await (shared ? this.#share(session) : this.#decide(session, context.signal));
    return decision === undefined ? ABORTED : this.#conclude(session, decision);
  }

  async #conclude(session: HookSession, { verdict, results }: RequestDecision): Promise<Verdict> {
    if (verdict.kind === "allow") {
      const { ttlMs, ...decisions } = verdict.decisions;
      await this.#admit(session, results, ttlMs);
      return { kind: "allow", lease: session, decisions };
    }
    session.reject(results, verdict.kind === "deny" ? "rejected_later" : "client");
    return verdict.kind === "deny" ? withUsableRedirect(verdict, session.facts, this.#deps.log) : verdict;
  }

  async #admit(session: HookSession, results: readonly RequestResult[], ttlMs?: number): Promise<void> {
    await session.admit(results);
    this.#deps.updates.start(session, ttlMs);
  }

  /**
   * One answer for equal requests: a cached one, or that of a call under way.
   *
   * @returns `undefined` when the client left meanwhile.
   */
  async #share(session: HookSession): Promise<RequestDecision | undefined> {
    const { plan, facts, context } = session;
    const key = requestKey(plan, facts);
    const cached = this.#cache.get(key, plan.options.cacheTtlMs, this.#deps.clock.now());
    if (cached !== undefined) return this.#reuse(session, cached);
    let own: { readonly call: Promise<RequestDecision>; readonly signal: AbortSignal } | undefined;
    const shared = await this.#flights.share(key, context.signal, (signal) => {
      own = { call: this.#requestForAll(session, key, signal), signal };
      return own.call;
    });
    if (shared.kind === "left") {
      if (own !== undefined) await this.#abandon(session, own.call, own.signal);
      return undefined;
    }
    if (!shared.joined || shared.value.verdict.kind === "aborted") return shared.value;
    return this.#reuse(session, shared.value);
  }

  async #requestForAll(session: HookSession, key: string, signal: AbortSignal): Promise<RequestDecision> {
    const decision = await this.#decide(session, signal);
    if (decision.answered) {
      this.#cache.set(key, decision, this.#deps.clock.now());
    }
    return decision;
  }

  /** The client left whose session the shared call is about: the call may continue for others, the ending is sent. */
  async #abandon(session: HookSession, call: Promise<RequestDecision>, signal: AbortSignal): Promise<void> {
    const ended = call.then((decision) => session.reject(decision.results, "client"));
    this.#track(ended);
    // Without other waiters the call is aborted at once; the name stays reserved until the ending is recorded.
    if (signal.aborted) await ended;
  }

  /** Apply another session's decision to this one, without a call. */
  #reuse(session: HookSession, decision: RequestDecision): RequestDecision {
    this.#deps.log.write("trace", session.facts.clientId, "Hook answer reused", {
      event: session.plan.event,
      verdict: decision.verdict.kind === "allow" ? REQUEST_VERDICTS.allow : REQUEST_VERDICTS.deny,
      session_id: session.facts.sessionId,
    });
    const results = session.plan.requests.map((endpoint, index) => ({
      endpoint,
      knowledge: "none" as const,
      admittedBy: endpoint.event === session.plan.event
        ? decision.results[index]?.admittedBy ?? "cached" as const
        : undefined,
    }));
    return { ...decision, results };
  }

  /** Admit the client at once; the service gets requests and notifications as if its answer counted. */
  #shadow(session: HookSession): Verdict {
    const decided = this.#decide(session, NEVER_ABORTED).then(async ({ verdict, results }) => {
      if (verdict.kind === "allow") return await this.#admit(session, results, verdict.decisions.ttlMs);
      session.reject(results, "rejected_later");
      if (verdict.kind === "aborted") return;
      this.#deps.log.write("warn", session.facts.clientId, "Hook would deny the session", {
        event: session.plan.event,
        mode: "shadow",
        reason: verdict.reason,
      });
    });
    this.#track(decided);
    const lease: Lease = {
      rename: (app, stream) => session.rename(app, stream),
      end: (ending) => {
        this.#track(decided.then(() => session.end(ending)));
        return Promise.resolve();
      },
    };
    return { kind: "allow", lease, decisions: {} };
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  /** Request the decision of all addresses. Never rejects. */
  async #decide(session: HookSession, signal: AbortSignal): Promise<RequestDecision> {
    const { plan } = session;
    const results: RequestResult[] = [];
    const endsAt = this.#deps.clock.now() + plan.options.askTimeoutMs;
    let decisions: AnswerDecisions = {};
    let answered = true;
    for (const endpoint of plan.requests) {
      const outcome = await this.#request({ session, endpoint, decided: decisions, signal, endsAt });
      if (outcome.kind === "aborted") {
        results.push({ endpoint, knowledge: knowledgeOf(outcome), admittedBy: undefined });
        return { verdict: { kind: "aborted" }, results, answered: false };
      }
      const { answer, admittedBy } = this.#resolve(session, endpoint, outcome);
      const admits = answer.kind === "allow" && endpoint.event === plan.event ? admittedBy : undefined;
      results.push({ endpoint, knowledge: knowledgeOf(outcome), admittedBy: admits });
      answered &&= outcome.kind !== "error";
      if (answer.kind === "deny") {
        const failed = answer === NO_ANSWER;
        const reason = answer.msg ?? `${endpoint.event} ${failed ? "could not be answered" : "was refused"}`;
        const redirect = answer.redirect === undefined ? {} : { redirect: answer.redirect };
        const unanswered = failed ? { failed } : {};
        const denial = { kind: "deny", rule: endpoint.event, reason, address: endpoint.url } as const;
        return { verdict: { ...denial, ...redirect, ...unanswered }, results, answered };
      }
      decisions = mergeDecisions(decisions, answer.decisions);
    }
    if (signal.aborted) return { verdict: { kind: "aborted" }, results, answered: false };
    return { verdict: { kind: "allow", decisions }, results, answered };
  }

  /** The decision that an outcome means; after an error by `on_error`. */
  #resolve(
    session: HookSession,
    endpoint: RequestEndpoint,
    outcome: Exclude<RequestOutcome, { kind: "aborted" }>,
  ): { answer: AddressAnswer; admittedBy: AdmittedBy | undefined } {
    const { plan } = session;
    const policy = onErrorOf(plan, endpoint.event);
    const key = policy === "last" ? `${endpoint.url} ${requestKey(plan, session.facts)}` : "";
    const now = this.#deps.clock.now();
    if (outcome.kind !== "error") {
      if (policy === "last") this.#last.set(key, outcome, now);
      return { answer: outcome, admittedBy: undefined };
    }
    if (policy === "allow") return { answer: { kind: "allow", decisions: {} }, admittedBy: "allowed" };
    // Nothing is kept for other policies.
    const last = this.#last.get(key, plan.options.lastTtlMs, now);
    return { answer: last ?? NO_ANSWER, admittedBy: "last" };
  }

  async #request(request: AddressRequest): Promise<RequestOutcome> {
    const { session, endpoint, decided, signal, endsAt } = request;
    const { clock, hookClient, session: { deliveries } } = this.#deps;
    const entered = await enterGate(request, { clock, deliveries });
    if (entered === "aborted") return { kind: "aborted", mayHaveAllowed: false };
    if (typeof entered === "object") return this.#notSent(session, endpoint, entered.error);
    const { facts } = session;
    const outcome = await hookClient.request({
      endpoint,
      webhookId: webhookId(facts.sessionId, endpoint.event, endpoint.index),
      sessionId: facts.sessionId,
      clientId: facts.clientId,
      body: requestBody(endpoint, facts, decided),
      timeoutMs: Math.max(1, Math.min(endpoint.calls.options.timeoutMs, endsAt - clock.now())),
      signal,
    });
    leaveGate(request, entered, outcome);
    return outcome;
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
function onErrorOf(plan: RequestPlan, event: HookEventName): OnError {
  return plan.options.onError[event] ?? plan.options.onError.default;
}
