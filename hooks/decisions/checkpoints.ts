/**
 * Records now and then how far the open sessions are, so that a crash loses no more than the last seconds of it.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import type { HookSession } from "./hook_session.ts";

/** The sessions are visited in so many parts: one large batch would hold up what waits behind it. */
const PARTS = 10;

/** Walks through the open sessions over and over. */
export class Checkpoints {
  readonly #sessions: ReadonlySet<HookSession>;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #walk: IterableIterator<HookSession> | undefined;
  #timer: Timer | undefined;

  /** @param intervalMs In which each session is visited about once. */
  constructor(sessions: ReadonlySet<HookSession>, intervalMs: number, clock: Clock) {
    this.#clock = clock;
    this.#sessions = sessions;
    this.#intervalMs = intervalMs;
  }

  /** Begin. */
  start(): void {
    this.#timer = this.#clock.setInterval(() => this.#visit(), Math.max(1, this.#intervalMs / PARTS));
  }

  /** End. */
  stop(): void {
    this.#timer?.clear();
  }

  #visit(): void {
    let left = Math.ceil(this.#sessions.size / PARTS);
    while (left-- > 0) {
      this.#walk ??= this.#sessions.values();
      const { done, value } = this.#walk.next();
      if (done) this.#walk = undefined;
      else value.checkpoint();
    }
  }
}
