/**
 * Whether an origin can be connected to. While it cannot, deliveries pause, and then one of them tries for all.
 *
 * Not the {@link Breaker} of requests: the pauses grow, and attempts that a request waits for are made during a pause.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";

/** What a pause depends on. */
export interface ReachabilityOptions {
  readonly clock: Clock;
  /** From 0 to below 1, for jitter. */
  readonly random: () => number;
  readonly backoff: BackoffOptions;
}

/** An attempt under way, as {@link Reachability.begin} counts it. */
export type AttemptKind = "ordinary" | "probe";

/** Counts failed connections in a row, and pauses after each. */
export class Reachability {
  readonly #options: ReachabilityOptions;
  #failures = 0;
  #pausedUntil = 0;
  /** Attempts under way that began after a failure. */
  #probes = 0;
  /** Result of the last {@link Reachability.admits}: time passes between it and {@link Reachability.resumesAt}. */
  #wasPaused = false;

  /** @param options Clock, jitter and the length of pauses. */
  constructor(options: ReachabilityOptions) {
    this.#options = options;
  }

  /** Whether deliveries pause at this moment. */
  get isPaused(): boolean {
    return this.#pausedUntil > this.#options.clock.now();
  }

  /** Whether an ordinary attempt may begin: not during a pause, and after a failure only one at a time. */
  admits(now: number): boolean {
    this.#wasPaused = this.#pausedUntil > now;
    return !this.#wasPaused && !(this.#failures > 0 && this.#probes > 0);
  }

  /** An attempt begins; its kind goes to {@link Reachability.end}. */
  begin(): AttemptKind {
    if (this.#failures === 0) return "ordinary";
    this.#probes++;
    return "probe";
  }

  /** An attempt is over, with or without success. */
  end(kind: AttemptKind): void {
    if (kind === "probe") this.#probes--;
  }

  /** The origin answered. @returns Whether this ends a pause or what was left of it. */
  markReached(): boolean {
    this.#failures = 0;
    const isEnd = this.#pausedUntil > 0;
    this.#pausedUntil = 0;
    return isEnd;
  }

  /** A connection failed: pause, unless a pause is under way. @returns When it ends, by the monotonic clock. */
  markUnreachable(): number {
    const { clock, random, backoff } = this.#options;
    if (this.#pausedUntil <= clock.now()) {
      this.#failures++;
      this.#pausedUntil = clock.now() + backoffMs(backoff, this.#failures, random());
    }
    return this.#pausedUntil;
  }

  /** When the pause ends that is under way, or was at the last {@link Reachability.admits}; `undefined` without one. */
  resumesAt(now: number): number | undefined {
    return this.#wasPaused || this.#pausedUntil > now ? this.#pausedUntil : undefined;
  }
}
