/**
 * From a request to a verdict: by a call, by the answer to an equal request, or without waiting in shadow mode.
 *
 * @module
 */
import type {
  Clock,
  Decisions,
  HookRequest,
  HookRequestContext,
  Lease,
  Log,
  Verdict,
} from "../../core/mod.ts";
import type { AnswerDecisions } from "../contract/answer.ts";
import type { RequestDecision, RequestRunner } from "./request_runner.ts";
import { REQUEST_VERDICTS } from "../client/call_stats.ts";
import { DecisionCache, requestKey } from "./decision_cache.ts";
import type { Endpoints } from "../client/endpoints.ts";
import { HookSession, type HookSessionDeps, type RequestResult } from "./hook_session.ts";
import type { IdSource } from "../contract/ids.ts";
import { SessionUpdates, type SessionUpdatesDeps } from "./session_updates.ts";
import { SingleFlight } from "./single_flight.ts";

/** What admission works with. */
export interface RequestAdmissionDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly endpoints: Endpoints;
  readonly runner: RequestRunner;
  readonly session: HookSessionDeps;
  readonly updates: SessionUpdatesDeps;
}

type Settled = Exclude<RequestDecision, { kind: "aborted" }>;

const NO_LEASE: Lease = { rename: () => {}, end: () => Promise.resolve() };
const ADMITTED: Verdict = { kind: "allow", lease: NO_LEASE, decisions: {} };
const NEVER_ABORTED = new AbortController().signal;

/** Decides whether a session is admitted. */
export class RequestAdmission {
  readonly #deps: RequestAdmissionDeps;
  readonly #cache = new DecisionCache<Settled>();
  readonly #flights = new SingleFlight<RequestDecision>();
  /** Requests that no client waits for. */
  readonly #background = new Set<Promise<void>>();

  /** @param deps The addresses and what sends requests to them. */
  constructor(deps: RequestAdmissionDeps) {
    this.#deps = deps;
  }

  /** Decide about a session. Never rejects. */
  async decide(request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    const { endpoints, ids, clock, session: sessionDeps } = this.#deps;
    const plan = endpoints.plan(request.client.vhost, request.event);
    if (plan === undefined) return ADMITTED;
    const session = new HookSession(sessionDeps, ids.sessionId(clock.wallNow()), plan, request, context);
    if (plan.options.mode === "shadow") return this.#shadow(session);
    const shared = plan.options.cacheTtlMs > 0 && plan.requests.length > 0;
    const decision =
      await (shared ? this.#share(session) : this.#deps.runner.decide(session, context.signal));
    return decision === undefined ? { kind: "aborted" } : this.#conclude(session, decision);
  }

  /** Resolves when all requests are over that no client waits for. */
  async settled(): Promise<void> {
    await Promise.all(this.#background);
  }

  async #conclude(session: HookSession, decision: RequestDecision): Promise<Verdict> {
    switch (decision.kind) {
      case "allow":
        await this.#admit(session, decision.results, decision.decisions);
        return { kind: "allow", lease: session, decisions: withoutTtl(decision.decisions) };
      case "deny": {
        session.reject(decision.results, "rejected_later");
        const { reason, address, redirect } = decision;
        return { kind: "deny", reason, address, ...(redirect === undefined ? {} : { redirect }) };
      }
      case "aborted":
        session.reject(decision.results, "client");
        return { kind: "aborted" };
    }
  }

  async #admit(
    session: HookSession,
    results: readonly RequestResult[],
    decisions: AnswerDecisions,
  ): Promise<void> {
    await session.admit(results);
    SessionUpdates.start(this.#deps.updates, session, decisions.ttlMs);
  }

  /**
   * One answer for equal requests: a cached one, or that of a call under way.
   *
   * @returns `undefined` when the client left meanwhile.
   */
  async #share(session: HookSession): Promise<RequestDecision | undefined> {
    const { plan, facts, context } = session;
    const key = requestKey(plan.event, facts);
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
    if (!shared.joined || shared.value.kind === "aborted") return shared.value;
    return this.#reuse(session, shared.value);
  }

  async #requestForAll(session: HookSession, key: string, signal: AbortSignal): Promise<RequestDecision> {
    const decision = await this.#deps.runner.decide(session, signal);
    if (decision.kind !== "aborted" && decision.answered) {
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
  #reuse(session: HookSession, decision: Settled): RequestDecision {
    this.#deps.log.write("trace", session.facts.clientId, "Hook answer reused", {
      event: session.plan.event,
      verdict: REQUEST_VERDICTS[decision.kind],
      session_id: session.facts.sessionId,
    });
    const results = session.plan.requests.map((endpoint, index) => ({
      endpoint,
      knowledge: "none" as const,
      admittedBy: decision.results[index]?.admittedBy ?? "cached" as const,
    }));
    return { ...decision, results };
  }

  /** Admit the client at once; the service gets requests and notifications as if its answer counted. */
  #shadow(session: HookSession): Verdict {
    const decided = this.#deps.runner.decide(session, NEVER_ABORTED).then(async (decision) => {
      if (decision.kind === "allow") return await this.#admit(session, decision.results, decision.decisions);
      session.reject(decision.results, "rejected_later");
      if (decision.kind === "aborted") return;
      this.#deps.log.write("warn", session.facts.clientId, "Hook would deny the session", {
        event: session.plan.event,
        mode: "shadow",
        reason: decision.reason,
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
}

function withoutTtl({ ttlMs: _, ...decisions }: AnswerDecisions): Decisions {
  return decisions;
}
