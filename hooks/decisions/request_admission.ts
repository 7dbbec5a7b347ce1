/**
 * From a question to a verdict: asked, or shared with an equal question, or let pass in shadow mode.
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
import { DecisionCache, requestKey } from "./decision_cache.ts";
import type { Endpoints } from "../client/endpoints.ts";
import { HookSession, type HookSessionDeps, type RequestResult } from "./hook_session.ts";
import type { IdSource } from "../contract/ids.ts";
import { SessionUpdates, type SessionUpdatesDeps } from "./session_updates.ts";
import { SingleFlight } from "./single_flight.ts";

/** What admission needs of the room. */
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

/** Decides who comes in. */
export class RequestAdmission {
  readonly #deps: RequestAdmissionDeps;
  readonly #cache = new DecisionCache<Settled>();
  readonly #flights = new SingleFlight<RequestDecision>();
  /** Asks that no client waits for. */
  readonly #background = new Set<Promise<void>>();

  /** @param deps Addresses and whatever asks them. */
  constructor(deps: RequestAdmissionDeps) {
    this.#deps = deps;
  }

  /** Ask about a session. Never rejects. */
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

  /** Resolves when no ask is under way that no client waits for. */
  async settled(): Promise<void> {
    await Promise.all(this.#background);
  }

  async #conclude(session: HookSession, decision: RequestDecision): Promise<Verdict> {
    switch (decision.kind) {
      case "allow":
        await this.#admit(session, decision.results, decision.decisions);
        return { kind: "allow", lease: session, decisions: withoutTtl(decision.decisions) };
      case "deny": {
        session.refuse(decision.results, "rejected_later");
        const { reason, address, redirect } = decision;
        return { kind: "deny", reason, address, ...(redirect === undefined ? {} : { redirect }) };
      }
      case "aborted":
        session.refuse(decision.results, "client");
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
   * One answer for equal questions: an old one, or that of a call under way.
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

  /** The client whose session the shared call is about left: the call may go on for others, its ending is told. */
  async #abandon(session: HookSession, call: Promise<RequestDecision>, signal: AbortSignal): Promise<void> {
    const told = call.then((decision) => session.refuse(decision.results, "client"));
    this.#track(told);
    // Given up for want of others it is over at once, and then the name must not be free before that is told.
    if (signal.aborted) await told;
  }

  /** Another session's decision as this one's: no address was asked about it. */
  #reuse(session: HookSession, decision: Settled): RequestDecision {
    this.#deps.log.write("trace", session.facts.clientId, `Hook ${session.plan.event} ${decision.kind}`, {
      cached: true,
      session_id: session.facts.sessionId,
    });
    const results = session.plan.requests.map((endpoint, index) => ({
      endpoint,
      knowledge: "none" as const,
      admittedBy: decision.results[index]?.admittedBy ?? "cached" as const,
    }));
    return { ...decision, results };
  }

  /** The client comes in at once; the service is asked and told as if it counted. */
  #shadow(session: HookSession): Verdict {
    const asked = this.#deps.runner.decide(session, NEVER_ABORTED).then(async (decision) => {
      if (decision.kind === "allow") return await this.#admit(session, decision.results, decision.decisions);
      session.refuse(decision.results, "rejected_later");
      if (decision.kind === "aborted") return;
      this.#deps.log.write("warn", session.facts.clientId, `Hook ${session.plan.event} would be refused`, {
        mode: "shadow",
        reason: decision.reason,
      });
    });
    this.#track(asked);
    const lease: Lease = {
      rename: (app, stream) => session.rename(app, stream),
      end: (ending) => {
        this.#track(asked.then(() => session.end(ending)));
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
