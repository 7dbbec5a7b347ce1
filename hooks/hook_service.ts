/**
 * The room's face: asks the operator's service, tells it endings, and accounts for what is left.
 *
 * @module
 */
import { Asker } from "./asker.ts";
import { Courier } from "./courier.ts";
import type { DeliveryDeps } from "./delivery_queue.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Endpoints } from "./endpoints.ts";
import type { AskContext, AskRequest, Decisions, HookLog, Lease, Verdict } from "./events.ts";
import { HookSession, type SessionDeps } from "./hook_session.ts";
import { IdSource, newServiceId, type RandomBytes } from "./ids.ts";
import type { HooksOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { DEFAULT_TIMINGS, type HookTimings } from "./timings.ts";

/** What the room needs of the world. */
export interface HookServiceDeps {
  /** Gets a line for every call. */
  readonly log: HookLog;
  /** Milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
  /** From 0 to below 1, for jitter; `Math.random` by default. */
  readonly random?: () => number;
  /** `crypto.getRandomValues` by default. */
  readonly randomBytes?: RandomBytes;
  /** The room's own pauses. */
  readonly timings?: HookTimings;
}

/** An event that was not delivered when the server stopped. */
export interface Undelivered {
  /** Event name. */
  readonly event: string;
  /** Where it was to go. */
  readonly url: string;
  /** The session it belongs to. */
  readonly sessionId: string;
  /** The connection it belongs to. */
  readonly clientId: number;
  /** Since it became due. */
  readonly ageMs: number;
  /** The last failure, `""` when it was never attempted. */
  readonly cause: string;
}

const NO_DECISIONS: Decisions = {};
const NO_LEASE: Lease = { rename: () => {}, end: () => Promise.resolve() };
const ADMITTED: Verdict = { kind: "allow", lease: NO_LEASE, decisions: NO_DECISIONS };

/** The operator's service, as the rest of the server sees it. */
export class HookService {
  /** Numbers for connections. */
  readonly clientIds: { next(): number };
  /** Of this process, in every event. */
  readonly serviceId: string;
  readonly #now: () => number;
  readonly #log: HookLog;
  readonly #ids: IdSource;
  readonly #outbox: Outbox;
  readonly #endpoints: Endpoints;
  readonly #courier: Courier;
  readonly #asker: Asker;
  readonly #sessionDeps: SessionDeps;
  readonly #sessions = new Set<HookSession>();
  readonly #timers: readonly ReturnType<typeof setInterval>[];

  private constructor(options: HooksOptions, deps: HookServiceDeps) {
    this.#now = deps.now ?? Date.now;
    this.#log = deps.log;
    const randomBytes: RandomBytes = deps.randomBytes ?? ((bytes) => crypto.getRandomValues(bytes));
    const timings = deps.timings ?? DEFAULT_TIMINGS;
    this.serviceId = newServiceId(randomBytes);
    this.#ids = new IdSource(randomBytes);
    this.#outbox = new Outbox(options.outbox);
    const dispatcher = new Dispatcher({ log: deps.log, now: this.#now, ids: this.#ids });
    const delivery: DeliveryDeps = {
      now: this.#now,
      random: deps.random ?? Math.random,
      backoff: timings.backoff,
      maxAgeMs: options.outbox.maxAgeMs,
      deliver: (row) => this.#courier.deliver(row),
      settled: (row, result) => this.#courier.settled(row, result),
      postponed: (row) => this.#courier.postponed(row),
    };
    this.#endpoints = new Endpoints(options, delivery);
    this.#courier = new Courier({
      log: deps.log,
      now: this.#now,
      outbox: this.#outbox,
      dispatcher,
      endpoints: this.#endpoints,
    });
    this.#asker = new Asker({ log: deps.log, now: this.#now, dispatcher });
    this.#sessionDeps = {
      now: this.#now,
      outbox: this.#outbox,
      courier: this.#courier,
      sessions: this.#sessions,
      serverId: options.serverId,
      serviceId: this.serviceId,
    };
    let lastClientId = 0;
    this.clientIds = { next: () => ++lastClientId };
    this.#timers = this.#endpoints.configured
      ? [setInterval(() => this.#courier.sweep(), timings.sweepMs)]
      : [];
  }

  /**
   * Start the room.
   *
   * @throws {Error} When a secret, a certificate or the outbox cannot be used.
   */
  static open(options: HooksOptions, deps: HookServiceDeps): Promise<HookService> {
    return Promise.resolve(new HookService(options, deps));
  }

  /** Ask about a session. Resolves when all addresses have answered or failed; never rejects. */
  async ask(request: AskRequest, context: AskContext): Promise<Verdict> {
    const plan = this.#endpoints.plan(request.client.vhost, request.event);
    if (plan === undefined) return ADMITTED;
    const sessionId = this.#ids.sessionId(this.#now());
    const session = new HookSession(this.#sessionDeps, sessionId, plan, request, context);
    const decision = await this.#asker.decide(session, context.signal);
    switch (decision.kind) {
      case "yes": {
        await session.admit(decision.results);
        const { ttlMs: _, ...decisions } = decision.decisions;
        return { kind: "allow", lease: session, decisions };
      }
      case "no": {
        session.refuse(decision.results, "rejected_later");
        const { reason, redirect } = decision;
        return redirect === undefined ? { kind: "deny", reason } : { kind: "deny", reason, redirect };
      }
      case "aborted":
        session.refuse(decision.results, "client");
        return { kind: "aborted" };
    }
  }

  /**
   * Attempt everything undelivered now, whatever its pause, until each event was answered or `deadlineMs` passed.
   * Call it when all sessions have ended.
   *
   * @returns What is left, oldest first.
   */
  async drain(deadlineMs: number): Promise<{ readonly undelivered: readonly Undelivered[] }> {
    await this.#outbox.recorded();
    const flushed = Promise.all([...this.#endpoints.origins()].map((origin) => origin.queue.flush()));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, deadlineMs));
    await Promise.race([flushed, late]);
    clearTimeout(timer);
    const now = this.#now();
    const undelivered = Array.from(this.#outbox.due(), (row) => ({
      event: row.event,
      url: row.url,
      sessionId: row.facts.sessionId,
      clientId: row.facts.clientId,
      ageMs: now - row.createdAt,
      cause: row.cause,
    }));
    if (undelivered.length > 0) {
      this.#log.write("warn", undefined, "Hook events left undelivered", { count: undelivered.length });
    }
    return { undelivered };
  }

  /** Stop all calls and timers. What is undelivered stays in the outbox. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#endpoints.close();
    await this.#outbox.recorded();
  }
}
