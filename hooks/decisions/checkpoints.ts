/**
 * Records the duration and bytes of open sessions at intervals, so that a crash loses only the last seconds of them.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";

/** The sessions are visited in this number of parts: one large batch would delay the writes that follow it. */
const PARTS = 10;

/** An open session. */
export interface CheckpointedSession {
  /** Record where it is. */
  checkpoint(): void;
}

/** Visits all open sessions in rounds. */
export class Checkpoints {
  readonly #sessions: ReadonlySet<CheckpointedSession>;
  readonly #intervalMs: number;
  readonly #clock: Clock;
  #walk: IterableIterator<CheckpointedSession> | undefined;
  #timer: Timer | undefined;

  /** @param intervalMs In which each session is visited about once. */
  constructor(sessions: ReadonlySet<CheckpointedSession>, intervalMs: number, clock: Clock) {
    this.#clock = clock;
    this.#sessions = sessions;
    this.#intervalMs = intervalMs;
  }

  /** Start the rounds. */
  start(): void {
    this.#timer = this.#clock.setInterval(() => this.#visit(), Math.max(1, this.#intervalMs / PARTS));
  }

  /** Stop the rounds. */
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
