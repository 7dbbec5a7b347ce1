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
import type { AskDecision, Asker } from "./ask_runner.ts";
import { DecisionMemory, questionKey } from "./decision_cache.ts";
import type { Endpoints } from "../client/endpoints.ts";
import { type AskResult, HookSession, type SessionDeps } from "./hook_session.ts";
import type { IdSource } from "../contract/ids.ts";
import { SessionKeeper, type SessionKeeperDeps } from "./session_updates.ts";
import { SingleFlight } from "./single_flight.ts";

/** What admission needs of the room. */
export interface AdmissionDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly endpoints: Endpoints;
  readonly asker: Asker;
  readonly session: SessionDeps;
  readonly keeper: SessionKeeperDeps;
}

type Settled = Exclude<AskDecision, { kind: "aborted" }>;

const NO_LEASE: Lease = { rename: () => {}, end: () => Promise.resolve() };
const ADMITTED: Verdict = { kind: "allow", lease: NO_LEASE, decisions: {} };
const NEVER_ABORTED = new AbortController().signal;

/** Decides who comes in. */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #cache = new DecisionMemory<Settled>();
  readonly #flights = new SingleFlight<AskDecision>();
  /** Asks that no client waits for. */
  readonly #background = new Set<Promise<void>>();

  /** @param deps Addresses and whatever asks them. */
  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
  }

  /** Ask about a session. Never rejects. */
  async ask(request: HookRequest, context: HookRequestContext): Promise<Verdict> {
    const { endpoints, ids, clock, session: sessionDeps } = this.#deps;
    const plan = endpoints.plan(request.client.vhost, request.event);
    if (plan === undefined) return ADMITTED;
    const session = new HookSession(sessionDeps, ids.sessionId(clock.wallNow()), plan, request, context);
    if (plan.options.mode === "shadow") return this.#shadow(session);
    const shared = plan.options.cacheTtlMs > 0 && plan.asks.length > 0;
    const decision = await (shared ? this.#share(session) : this.#deps.asker.decide(session, context.signal));
    return decision === undefined ? { kind: "aborted" } : this.#conclude(session, decision);
  }

  /** Resolves when no ask is under way that no client waits for. */
  async settled(): Promise<void> {
    await Promise.all(this.#background);
  }

  async #conclude(session: HookSession, decision: AskDecision): Promise<Verdict> {
    switch (decision.kind) {
      case "yes":
        await this.#admit(session, decision.results, decision.decisions);
        return { kind: "allow", lease: session, decisions: withoutTtl(decision.decisions) };
      case "no": {
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
    results: readonly AskResult[],
    decisions: AnswerDecisions,
  ): Promise<void> {
    await session.admit(results);
    SessionKeeper.keep(this.#deps.keeper, session, decisions.ttlMs);
  }

  /**
   * One answer for equal questions: an old one, or that of a call under way.
   *
   * @returns `undefined` when the client left meanwhile.
   */
  async #share(session: HookSession): Promise<AskDecision | undefined> {
    const { plan, facts, context } = session;
    const key = questionKey(plan.event, facts);
    const cached = this.#cache.get(key, plan.options.cacheTtlMs, this.#deps.clock.now());
    if (cached !== undefined) return this.#borrow(session, cached);
    let own: { readonly call: Promise<AskDecision>; readonly signal: AbortSignal } | undefined;
    const shared = await this.#flights.share(key, context.signal, (signal) => {
      own = { call: this.#askForAll(session, key, signal), signal };
      return own.call;
    });
    if (shared.kind === "left") {
      if (own !== undefined) await this.#leave(session, own.call, own.signal);
      return undefined;
    }
    if (!shared.joined || shared.value.kind === "aborted") return shared.value;
    return this.#borrow(session, shared.value);
  }

  async #askForAll(session: HookSession, key: string, signal: AbortSignal): Promise<AskDecision> {
    const decision = await this.#deps.asker.decide(session, signal);
    if (decision.kind !== "aborted" && decision.answered) {
      this.#cache.set(key, decision, this.#deps.clock.now());
    }
    return decision;
  }

  /** The client whose session the shared call is about left: the call may go on for others, its ending is told. */
  async #leave(session: HookSession, call: Promise<AskDecision>, signal: AbortSignal): Promise<void> {
    const told = call.then((decision) => session.refuse(decision.results, "client"));
    this.#track(told);
    // Given up for want of others it is over at once, and then the name must not be free before that is told.
    if (signal.aborted) await told;
  }

  /** Another session's decision as this one's: no address was asked about it. */
  #borrow(session: HookSession, decision: Settled): AskDecision {
    this.#deps.log.write("trace", session.facts.clientId, `Hook ${session.plan.event} ${decision.kind}`, {
      cached: true,
      session_id: session.facts.sessionId,
    });
    const results = session.plan.asks.map((endpoint, index) => ({
      endpoint,
      knowledge: "none" as const,
      admittedBy: decision.results[index]?.admittedBy ?? "cached" as const,
    }));
    return { ...decision, results };
  }

  /** The client comes in at once; the service is asked and told as if it counted. */
  #shadow(session: HookSession): Verdict {
    const asked = this.#deps.asker.decide(session, NEVER_ABORTED).then(async (decision) => {
      if (decision.kind === "yes") return await this.#admit(session, decision.results, decision.decisions);
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
