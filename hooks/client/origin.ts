/**
 * A scheme, host and port: the unit that slots, breaker and queue belong to, whatever the paths.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import { Breaker } from "./breaker.ts";
import { CallSlots } from "./call_slots.ts";
import { type DeliveryDeps, DeliveryQueue } from "../delivery/delivery_queue.ts";
import type { VhostHookOptions } from "../options.ts";

/** Settings of an origin; where vhosts differ the strictest count. */
export type OriginOptions = Pick<VhostHookOptions, "maxConcurrency" | "breakerFailures" | "breakerOpenMs">;

/** What can be seen of an origin. */
export interface OriginSnapshot {
  /** Scheme, host and port. */
  readonly origin: string;
  /** State of the breaker. */
  readonly breaker: string;
  /** Whether the last attempt to deliver could not connect. */
  readonly down: boolean;
  /** Calls on their way. */
  readonly activeCalls: number;
  /** Asks that wait for a free call. */
  readonly waitingRequests: number;
  /** Events that wait for their delivery. */
  readonly queued: number;
  /** Age of the oldest undelivered event in milliseconds. */
  readonly oldestMs: number;
}

/** One origin's machinery. */
export class Origin {
  readonly name: string;
  readonly slots: CallSlots;
  /** State of the breaker. */
  readonly breaker: Breaker;
  readonly queue: DeliveryQueue;
  readonly #openMs: number;
  readonly #clock: Clock;
  readonly #log: Log;

  /** @param name `scheme://host:port`. */
  constructor(name: string, options: OriginOptions, deps: DeliveryDeps, log: Log) {
    this.name = name;
    this.#openMs = options.breakerOpenMs;
    this.#clock = deps.clock;
    this.#log = log;
    this.slots = new CallSlots(options.maxConcurrency, deps.clock);
    this.breaker = new Breaker(options.breakerFailures, options.breakerOpenMs);
    this.queue = new DeliveryQueue(this.slots, deps);
  }

  /** An ask was answered whole, with whatever. */
  answered(): void {
    if (this.breaker.succeed()) this.#log.write("warn", undefined, `Breaker of ${this.name} closed`);
    this.queue.reached();
  }

  /** An ask got no usable answer. */
  failed(): void {
    if (!this.breaker.fail(this.#clock.now())) return;
    this.#log.write("error", undefined, `Breaker of ${this.name} opened: on_error decides until it answers`, {
      open_ms: this.#openMs,
    });
  }

  /** Its state now. */
  snapshot(): OriginSnapshot {
    const { active, waiting } = this.slots.counts;
    const oldestAt = this.queue.oldestAt();
    return {
      origin: this.name,
      breaker: this.breaker.state,
      down: this.queue.down,
      activeCalls: active,
      waitingRequests: waiting,
      queued: this.queue.size,
      oldestMs: oldestAt === undefined ? 0 : Math.max(0, this.#clock.now() - oldestAt),
    };
  }
}

/** The origin of an address, as everything that belongs to it is keyed. */
export function originOf(url: string): string {
  return new URL(url).origin;
}
