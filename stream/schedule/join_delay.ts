/**
 * Players that have their first picture and get the rest a moment later.
 *
 * Many who connect look whether there is a picture and leave: all players of a server that comes back, monitors, people
 * that switch channels. What was written for them after the picture is thrown away, and closing over unread bytes ends
 * in an error on both sides. Measured, a connect storm costs an eighth less.
 *
 * @module
 */
import type { Clock, Timer } from "../../core/mod.ts";
import type { DeferredPlayer } from "../live/mod.ts";

/** A player waits once to twice this long, milliseconds: less than from one picture to the next. */
const PERIOD_MS = 10;

/** Lets joinDelay go on, many with one timer. */
export class JoinDelay {
  readonly #clock: Clock;
  #older: DeferredPlayer[] = [];
  #newer: DeferredPlayer[] = [];
  #timer: Timer | undefined;

  /** Nobody waits yet. `clock` has its timer. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Let `player` go on after a moment. */
  add(player: DeferredPlayer): void {
    this.#newer.push(player);
    this.#timer ??= this.#clock.setTimeout(() => this.#pass(), PERIOD_MS);
  }

  /** Forget the players that wait. Until then one may keep the process running for a moment. */
  close(): void {
    this.#timer?.clear();
    this.#older = [];
    this.#newer = [];
  }

  #pass(): void {
    const arrived = this.#older;
    this.#older = this.#newer;
    this.#newer = [];
    this.#timer = this.#older.length === 0
      ? undefined
      : this.#clock.setTimeout(() => this.#pass(), PERIOD_MS);
    for (const player of arrived) player.settle();
  }
}
