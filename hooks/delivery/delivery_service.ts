/**
 * Takes events that became due and sees them delivered, or buried where the operator finds them.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import type { DeliveryResult } from "./delivery_queue.ts";
import type { HookClient } from "../client/hook_client.ts";
import type { Endpoints, Placement } from "../client/endpoints.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { AT_ONCE, type OutboxRow } from "../outbox/outbox_row.ts";

/** What the deliveries needs of the room. */
export interface DeliveryServiceDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly hookClient: HookClient;
  readonly endpoints: Endpoints;
  /** How old an event may become. */
  readonly maxAgeMs: number;
}

/** Why a row has no address. */
const NOT_CONFIGURED = "no longer configured";
/** What an earlier process left is given up no sooner than this after the start, milliseconds. */
const RESUMED_MS = 600_000;

/** Moves rows from due to delivered or dead. */
export class DeliveryService {
  readonly #deps: DeliveryServiceDeps;

  /** @param deps Outbox, addresses and caller. */
  constructor(deps: DeliveryServiceDeps) {
    this.#deps = deps;
  }

  /**
   * A row's body is written: queue it. From here on no ask about its stream overtakes it.
   *
   * @returns When the row is recorded; never rejects.
   */
  dispatch(row: OutboxRow): Promise<void> {
    const { outbox, endpoints, clock } = this.#deps;
    row.state = "due";
    row.dueAt = clock.now();
    row.seq = outbox.nextSeq(clock.wallNow());
    outbox.save(row);
    const recorded = outbox.recorded();
    const pending = recorded.then(() => {
      if (row.pending === pending) row.pending = undefined;
    });
    row.pending = pending;
    endpoints.ofRow(row).origin.queue.enqueue(row);
    this.#trim();
    return recorded;
  }

  /**
   * Queue a row that an earlier process recorded as due; its pause ended with that process. However old it seems, it is
   * attempted for a while longer: its age is the difference of two wall times, and either may have been wrong.
   */
  resume(row: OutboxRow): void {
    const { outbox, endpoints, clock, maxAgeMs } = this.#deps;
    row.dueAt = Math.max(row.dueAt, clock.now() - Math.max(0, maxAgeMs - RESUMED_MS));
    row.nextAt = AT_ONCE;
    outbox.follow(row);
    outbox.save(row);
    endpoints.ofRow(row).origin.queue.enqueue(row);
  }

  /** See {@link Endpoints.place}. */
  place(row: OutboxRow): Placement {
    return this.#deps.endpoints.place(row);
  }

  /** Put a row whose body is written on the dead list: it has no address. The caller logs how many there were. */
  abandon(row: OutboxRow): void {
    row.state = "dead";
    row.cause = NOT_CONFIGURED;
    this.#deps.outbox.save(row);
  }

  /** One attempt. */
  deliver(row: OutboxRow): Promise<DeliveryResult> {
    return this.#deps.hookClient.notify(this.#deps.endpoints.ofRow(row), row);
  }

  /** A row left its queue. */
  settled(row: OutboxRow, result: DeliveryResult): void {
    if (result.kind === "dead") this.#deadLetter(row, result.cause);
    else this.#deps.outbox.remove(row);
  }

  /** A row stays in its queue. */
  postponed(row: OutboxRow): void {
    this.#deps.outbox.save(row);
    this.#trim();
  }

  /** Bury what is too old, also where no attempt is due. */
  sweep(): void {
    for (const origin of this.#deps.endpoints.origins()) {
      for (const row of origin.queue.expired()) {
        if (origin.queue.withdraw(row)) this.#deadLetter(row, `older than max_age; last: ${row.cause}`);
      }
    }
  }

  #trim(): void {
    const { outbox, endpoints } = this.#deps;
    if (!outbox.overfull) return;
    for (const row of outbox.due()) {
      // A row under way is about to leave by itself.
      if (endpoints.ofRow(row).origin.queue.withdraw(row)) this.#deadLetter(row, "the outbox is full");
      if (!outbox.overfull) return;
    }
  }

  #deadLetter(row: OutboxRow, cause: string): void {
    row.state = "dead";
    row.cause = cause;
    this.#deps.outbox.save(row);
    this.#deps.log.write("error", row.facts.clientId, `Hook ${row.event} given up, it is on the dead list`, {
      url: row.url,
      id: row.id,
      attempts: row.attempts,
      cause,
    });
  }
}
