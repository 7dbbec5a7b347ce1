/**
 * Updates of an open session: requests at an interval, and the end of the time that the service granted.
 *
 * @module
 */
import type { Clock, Log, Timer } from "../../core/mod.ts";
import type { HookClient } from "../client/hook_client.ts";
import type { Endpoint, RequestPlan } from "../client/endpoint_table.ts";
import type { Endpoints } from "../client/endpoints.ts";
import type { HookSession } from "./hook_session.ts";
import { webhookId } from "../contract/ids.ts";
import { writePayload } from "../contract/payload.ts";
import { vhostOf } from "../outbox/row_address.ts";

/** What updates work with. */
export interface SessionUpdatesDeps {
  readonly hookClient: HookClient;
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Where updates go, as it is configured now. */
  readonly endpoints: Pick<Endpoints, "plan">;
}

/** Updates come earlier than the interval by up to this part of it, so that sessions that began together drift apart. */
const JITTER = 0.1;

/** The updates of one session. */
export class SessionUpdates {
  readonly #deps: SessionUpdatesDeps;
  readonly #session: HookSession;
  readonly #over = new AbortController();
  #updateTimer: Timer | undefined;
  #ttlTimer: Timer | undefined;
  #expiresAt = Infinity;
  #serial = 0;
  #intervalMs = 0;
  #isUpdating = false;

  private constructor(deps: SessionUpdatesDeps, session: HookSession) {
    this.#deps = deps;
    this.#session = session;
  }

  /**
   * Start updates of a session that has just been admitted, where any are configured.
   *
   * @param ttlMs As the service granted it, `undefined` for no limit.
   */
  static start(deps: SessionUpdatesDeps, session: HookSession, ttlMs: number | undefined): SessionUpdates {
    const running = new SessionUpdates(deps, session);
    if (ttlMs !== undefined) running.#grant(ttlMs);
    running.#scheduleUpdate();
    return running;
  }

  /** The interval may be another one: the next update comes by that. */
  reschedule(): void {
    const interval = this.#plan?.options.updateIntervalMs ?? 0;
    // One that is under way schedules the next.
    if (interval === this.#intervalMs || this.#isUpdating) return;
    this.#updateTimer?.clear();
    this.#scheduleUpdate();
  }

  /** The session is over, or about to be. */
  stop(): void {
    this.#updateTimer?.clear();
    this.#ttlTimer?.clear();
    this.#over.abort();
  }

  get #plan(): RequestPlan | undefined {
    const { facts, plan } = this.#session;
    return this.#deps.endpoints.plan(vhostOf(facts), plan.event);
  }

  #grant(ttlMs: number): void {
    this.#expiresAt = this.#deps.clock.now() + ttlMs;
    this.#armTtl();
  }

  #armTtl(): void {
    this.#ttlTimer?.clear();
    const left = this.#expiresAt - this.#deps.clock.now();
    this.#ttlTimer = this.#deps.clock.setTimeout(() => {
      // A long grant needs several timers, and a timer may fire a fraction early.
      if (this.#deps.clock.now() < this.#expiresAt) return this.#armTtl();
      this.#revoke("lease_expired", "The time that the service granted is over");
    }, Math.max(0, Math.ceil(left)));
  }

  #scheduleUpdate(): void {
    const plan = this.#plan;
    const interval = this.#intervalMs = plan?.options.updateIntervalMs ?? 0;
    if (this.#over.signal.aborted || plan === undefined || plan.updates.length === 0) return;
    const pause = interval * (1 - JITTER * this.#deps.random());
    this.#updateTimer = this.#deps.clock.setTimeout(() => void this.#update(), pause);
  }

  async #update(): Promise<void> {
    this.#serial++;
    this.#isUpdating = true;
    for (const endpoint of this.#plan?.updates ?? []) {
      await this.#request(endpoint);
      if (!this.#session.open) return;
    }
    this.#isUpdating = false;
    this.#scheduleUpdate();
  }

  /** Only an answer counts: after an error the next interval tries again. */
  async #request(endpoint: Endpoint): Promise<void> {
    const { origin } = endpoint;
    const { slots, breaker } = origin;
    const { facts, context, durationMs } = this.#session;
    const { timeoutMs, askTimeoutMs, payload } = endpoint.calls.options;
    const permit = breaker.admit(this.#deps.clock.now());
    if (permit === undefined) return;
    if (!slots.tryRequest() && await slots.waitForRequest(this.#over.signal, askTimeoutMs) !== "granted") {
      return breaker.cancel(permit);
    }
    const { sendBytes, recvBytes } = context.counters();
    const outcome = await this.#deps.hookClient.request({
      endpoint,
      webhookId: webhookId(facts.sessionId, endpoint.event, endpoint.index, this.#serial),
      sessionId: facts.sessionId,
      clientId: facts.clientId,
      body: writePayload(payload, endpoint.event, facts, this.#deps.clock.wallNow(), {
        durationMs,
        sendBytes,
        recvBytes,
      }),
      timeoutMs,
      signal: this.#over.signal,
    });
    slots.releaseRequest();
    switch (outcome.kind) {
      case "allow":
        origin.answered(permit);
        if (outcome.decisions.ttlMs !== undefined && this.#session.open) this.#grant(outcome.decisions.ttlMs);
        break;
      case "deny":
        origin.answered(permit);
        this.#revoke("rejected", outcome.msg ?? "The service ended the session");
        break;
      case "error":
        origin.failed(permit);
        break;
      case "aborted":
        breaker.cancel(permit);
        break;
    }
  }

  #revoke(reason: "rejected" | "lease_expired", description: string): void {
    const { open, plan, facts, context } = this.#session;
    if (!open || this.#over.signal.aborted) return;
    if (plan.options.mode === "shadow") {
      this.#deps.log.write("warn", facts.clientId, "Hook would end the session", {
        event: plan.event,
        mode: "shadow",
        reason,
        description,
      });
      return;
    }
    // The caller ends the session, so one revocation is enough.
    this.stop();
    context.revoke({ reason, description });
  }
}
