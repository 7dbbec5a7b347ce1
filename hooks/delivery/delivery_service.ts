/**
 * Delivers notifications: a queue for each origin, from the moment that an event is due until it is delivered or moves
 * to the dead letters, where the operator finds it.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import type { BackoffOptions } from "./backoff.ts";
import { DeliveryQueue, type DeliveryQueueDeps } from "./delivery_queue.ts";
import type { DeliveryResult, HookClient } from "../client/hook_client.ts";
import type { Endpoints, Placement } from "../client/endpoints.ts";
import type { Clearance } from "./lane.ts";
import type { Origin } from "../client/origin.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { AT_ONCE, type OutboxRow } from "../outbox/outbox_row.ts";

/** What the service works with. */
export interface DeliveryServiceDeps {
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 to below 1, for jitter. */
  readonly random: () => number;
  readonly backoff: BackoffOptions;
  readonly outbox: Outbox;
  readonly hookClient: HookClient;
  readonly endpoints: Endpoints;
  /** Age at which an event is given up, milliseconds; looked at each time. */
  readonly maxAgeMs: number;
}

/** What waits for its delivery to one origin. */
export interface Backlog {
  /** Whether the last attempt could not connect, so that deliveries pause. */
  readonly down: boolean;
  /** Events. */
  readonly queued: number;
  /** Age of the oldest event, milliseconds. */
  readonly oldestMs: number;
}

/** Why a row has no address. */
const NOT_CONFIGURED = "no longer configured";
/** Events of an earlier process are attempted for at least this time after the start, milliseconds. */
const RESUMED_MS = 600_000;

/** Moves rows from due to delivered or dead. */
export class DeliveryService {
  readonly #deps: DeliveryServiceDeps;
  readonly #queueDeps: DeliveryQueueDeps;
  readonly #queues = new Map<Origin, DeliveryQueue>();

  /** Nothing queued yet. */
  constructor(deps: DeliveryServiceDeps) {
    this.#deps = deps;
    const { clock, random, backoff, endpoints } = deps;
    this.#queueDeps = {
      clock,
      random,
      backoff,
      get maxAgeMs() {
        return deps.maxAgeMs;
      },
      deliver: (row: OutboxRow) => deps.hookClient.notify(endpoints.ofRow(row), row),
      settled: (row: OutboxRow, result: DeliveryResult) => this.#settled(row, result),
      postponed: (row: OutboxRow) => this.#postponed(row),
    };
  }

  /**
   * Queue a row whose body is written. From here on no request about its stream overtakes it.
   *
   * @returns When the row is recorded; never rejects.
   */
  dispatch(row: OutboxRow): Promise<void> {
    const { outbox, clock, endpoints } = this.#deps;
    row.state = "due";
    row.dueAt = clock.now();
    row.seq = outbox.nextSeq(clock.wallNow());
    // The session began under a configuration so long ago that its addresses are forgotten.
    const isLost = !endpoints.knows(row) && endpoints.place(row) === "gone";
    outbox.save(row);
    if (isLost) {
      this.#deadLetter(row, NOT_CONFIGURED);
      return outbox.recorded();
    }
    const recorded = outbox.recorded();
    const pending = recorded.then(() => {
      if (row.pending === pending) row.pending = undefined;
    });
    row.pending = pending;
    this.#queueOf(row).enqueue(row);
    this.#trim();
    return recorded;
  }

  /**
   * Queue a row that an earlier process recorded as due; its pause ended with that process. However old it appears, it
   * is attempted for some time: its age is the difference of two wall times, and either may have been wrong.
   */
  resume(row: OutboxRow): void {
    const { outbox, clock, maxAgeMs } = this.#deps;
    row.dueAt = Math.max(row.dueAt, clock.now() - Math.max(0, maxAgeMs - RESUMED_MS));
    row.nextAt = AT_ONCE;
    outbox.continueAfter(row);
    outbox.save(row);
    this.#queueOf(row).enqueue(row);
  }

  /** See {@link Endpoints.place}. */
  place(row: OutboxRow): Placement {
    return this.#deps.endpoints.place(row);
  }

  /** A row whose body is written has no address: it becomes a dead letter. The caller logs how many there were. */
  abandon(row: OutboxRow): void {
    row.state = "dead";
    row.cause = NOT_CONFIGURED;
    this.#deps.outbox.save(row);
  }

  /** See {@link DeliveryQueue.clear}. */
  clear(origin: Origin, streamKey: string): Promise<Clearance> | undefined {
    return this.#queues.get(origin)?.clear(streamKey);
  }

  /** Give up what is too old, also where no attempt is due. */
  sweep(): void {
    for (const queue of this.#queues.values()) {
      for (const row of queue.expired()) {
        if (queue.withdraw(row)) this.#deadLetter(row, `older than max_age; last: ${row.cause}`);
      }
    }
  }

  /** See {@link DeliveryQueue.flush}. */
  async flush(): Promise<void> {
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.flush()));
  }

  /** What waits for an origin. */
  backlog(origin: Origin): Backlog {
    const queue = this.#queues.get(origin);
    const oldestAt = queue?.oldestAt();
    return {
      down: queue?.down ?? false,
      queued: queue?.size ?? 0,
      oldestMs: oldestAt === undefined ? 0 : Math.max(0, this.#deps.clock.now() - oldestAt),
    };
  }

  /** Start no further attempt. Resolves when none is under way. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.close()));
  }

  #queueOf(row: OutboxRow): DeliveryQueue {
    const { origin } = this.#deps.endpoints.ofRow(row);
    const known = this.#queues.get(origin);
    if (known !== undefined) return known;
    const queue = new DeliveryQueue(origin.slots, this.#queueDeps);
    origin.onAnswered(() => queue.reached());
    this.#queues.set(origin, queue);
    return queue;
  }

  #settled(row: OutboxRow, result: DeliveryResult): void {
    if (result.kind === "dead") this.#deadLetter(row, result.cause);
    else this.#deps.outbox.remove(row);
  }

  #postponed(row: OutboxRow): void {
    this.#deps.outbox.save(row);
    this.#trim();
  }

  #trim(): void {
    const { outbox } = this.#deps;
    if (!outbox.overfull) return;
    for (const row of outbox.due()) {
      // A row under way is about to leave by itself.
      if (this.#queueOf(row).withdraw(row)) this.#deadLetter(row, "the outbox is full");
      if (!outbox.overfull) return;
    }
  }

  #deadLetter(row: OutboxRow, cause: string): void {
    row.state = "dead";
    row.cause = cause;
    this.#deps.outbox.save(row);
    this.#deps.log.write("error", row.facts.clientId, "Hook event moved to the dead letters", {
      event: row.event,
      url: row.url,
      id: row.id,
      attempts: row.attempts,
      cause,
    });
  }
}
