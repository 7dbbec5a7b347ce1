/**
 * Going round many players in groups.
 *
 * @module
 */
import type { Reader } from "../../../rtmp/live/reader.ts";
import { WakeRounds } from "../../../rtmp/live/wake_rounds.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

/** A round of `count` players whose turns are given by hand. */
class Round {
  readonly woken: number[] = [];
  readonly players = new Set<Reader>();
  readonly #turns: (() => void)[] = [];
  readonly #rounds = new WakeRounds(this.players, (task) => this.#turns.push(task));

  constructor(count: number) {
    for (let i = 0; i < count; i++) this.add(i);
  }

  add(number: number): Reader {
    const player = { position: 0, sink: { flush: () => void this.woken.push(number) } };
    this.players.add(player);
    return player;
  }

  start(): void {
    this.#rounds.start();
  }

  /** Let one turn pass; `false` when nothing waited for it. */
  turn(): boolean {
    const task = this.#turns.shift();
    task?.();
    return task !== undefined;
  }

  /** Let turns pass until nothing waits. */
  finish(): void {
    while (this.turn());
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

Deno.test("WakeRounds wakes few players at once, and many some in each turn", () => {
  const few = new Round(100);
  few.start();
  assertEquals([few.woken, few.turn()], [numbers(100), false]);

  const many = new Round(1000);
  many.start();
  const first = many.woken.length;
  assert(first > 0 && first < 500, `${first} in the first turn`);
  assert(many.turn());
  assertEquals(many.woken.length, 2 * first);
  many.finish();
  assertEquals(many.woken, numbers(1000));
});

Deno.test("WakeRounds goes round once more for all that became due during a round", () => {
  const round = new Round(1000);
  round.start();
  round.start();
  round.start();
  round.finish();
  assertEquals(round.woken, [...numbers(1000), ...numbers(1000)]);
  round.start();
  round.finish();
  assertEquals(round.woken.length, 3000);
});

Deno.test("WakeRounds passes over who has left, and takes in who came", () => {
  const round = new Round(300);
  round.start();
  const [, ...others] = round.players;
  const last = others.at(-1);
  assert(last !== undefined);
  round.players.delete(last);
  round.add(300);
  round.finish();
  assertEquals(round.woken, [...numbers(299), 300]);
});

Deno.test("WakeRounds begins anew after a player that failed", () => {
  const round = new Round(300);
  const bad = round.add(300);
  round.add(301);
  bad.sink.flush = () => {
    throw new Error("a bug");
  };
  round.start();
  assertThrows(() => round.finish(), Error, "a bug");
  round.players.delete(bad);
  round.woken.length = 0;
  round.start();
  round.finish();
  assertEquals(round.woken, [...numbers(300), 301]);
});
