/**
 * A scheme, host and port: what slots, breaker and queue belong to, whatever the paths.
 *
 * @module
 */
import type { Clock, Log } from "../../core/mod.ts";
import { Breaker, type Permit } from "./breaker.ts";
import { CallSlots } from "./call_slots.ts";
import type { VhostHookOptions } from "../options.ts";

/** Settings of an origin; the strictest where vhosts differ. */
export type OriginOptions = Pick<VhostHookOptions, "maxConcurrency" | "breakerFailures" | "breakerOpenMs">;

/** What the calls to one origin share. */
export class Origin {
  readonly name: string;
  readonly slots: CallSlots;
  readonly breaker: Breaker;
  #openMs: number;
  readonly #clock: Clock;
  readonly #log: Log;
  #onAnswered: () => void = () => {};

  /** @param name `scheme://host:port`. */
  constructor(name: string, options: OriginOptions, clock: Clock, log: Log) {
    this.name = name;
    this.#openMs = options.breakerOpenMs;
    this.#clock = clock;
    this.#log = log;
    this.slots = new CallSlots(options.maxConcurrency, clock);
    this.breaker = new Breaker(options.breakerFailures, options.breakerOpenMs);
  }

  /** Other settings are in force from here on; calls under way, and how the breaker is, stay. */
  set options({ maxConcurrency, breakerFailures, breakerOpenMs }: OriginOptions) {
    this.#openMs = breakerOpenMs;
    this.slots.resize(maxConcurrency);
    this.breaker.setLimits(breakerFailures, breakerOpenMs);
  }

  /** @param callback Called whenever a request was answered: the origin can be reached. */
  onAnswered(callback: () => void): void {
    this.#onAnswered = callback;
  }

  /** The request of this permit got a whole answer, whether allow or deny. */
  answered(permit: Permit): void {
    if (this.breaker.succeed(permit)) {
      this.#log.write("warn", undefined, "Hook breaker closed", { origin: this.name });
    }
    this.#onAnswered();
  }

  /** The request of this permit got no usable answer. */
  failed(permit: Permit): void {
    if (!this.breaker.fail(permit, this.#clock.now())) return;
    this.#log.write("error", undefined, "Hook breaker opened: on_error decides until it closes", {
      origin: this.name,
      open_ms: this.#openMs,
    });
  }
}

/** The origin of an address, by which {@link Origin} objects are found. */
export function originOf(url: string): string {
  return new URL(url).origin;
}
