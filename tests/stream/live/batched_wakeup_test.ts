/**
 * Going round many players in groups.
 *
 * @module
 */
import type { ListedReader } from "../../../stream/live/reader.ts";
import { SwapRemoveList } from "../../../core/swap_remove_list.ts";
import { BatchedWakeup } from "../../../stream/live/batched_wakeup.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

/** A round of `count` players whose turns are given by hand. */
class Round {
  readonly woken: number[] = [];
  readonly players = new SwapRemoveList<ListedReader>();
  readonly #turns: (() => void)[] = [];
  readonly #rounds = new BatchedWakeup(this.players, (task) => this.#turns.push(task));

  constructor(count: number) {
    for (let i = 0; i < count; i++) this.add(i);
  }

  add(number: number): ListedReader {
    const player = { position: 0, index: -1, wakeable: { wake: () => void this.woken.push(number) } };
    this.players.add(player);
    return player;
  }

  start(whenOver?: () => void): void {
    this.#rounds.start(whenOver);
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

/** The numbers below `count` as a round meets them: the newest first. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => count - 1 - i);
}

Deno.test("BatchedWakeup wakes few players at once, and many some in each turn", () => {
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

Deno.test("BatchedWakeup goes round once more for all that became due during a round", () => {
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

Deno.test("BatchedWakeup says when all have been woken, for each round that was asked for", () => {
  const round = new Round(300);
  const over: string[] = [];
  round.start(() => over.push(`first ${round.woken.length}`));
  round.start(() => over.push(`second ${round.woken.length}`));
  assertEquals(over, []);
  round.finish();
  assertEquals(over, ["second 300", "second 600"]);
  round.start();
  round.finish();
  new Round(0).start(() => over.push("nobody"));
  assertEquals(over.slice(2), ["nobody"]);
});

Deno.test("BatchedWakeup passes over who has left", () => {
  const round = new Round(300);
  round.start();
  const last = [...round.players].at(-1);
  assert(last !== undefined);
  round.players.delete(last);
  round.add(300);
  round.finish();
  assertEquals([...new Set(round.woken)], numbers(300).slice(0, -1));
});

Deno.test("BatchedWakeup begins again after a player that failed", () => {
  const round = new Round(300);
  // Number 99, in the second turn of the round.
  const bad = [...round.players][200];
  assert(bad !== undefined);
  bad.wakeable.wake = () => {
    throw new Error("a bug");
  };
  round.start();
  assertThrows(() => round.finish(), Error, "a bug");
  round.players.delete(bad);
  round.woken.length = 0;
  round.start();
  round.finish();
  const others = numbers(300).filter((number) => number !== 99);
  assertEquals(round.woken.sort((a, b) => b - a), others);
});
