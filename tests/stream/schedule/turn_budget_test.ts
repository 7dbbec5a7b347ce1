/**
 * When a connection that works lets the others have their turn.
 *
 * @module
 */
import { TurnBudget } from "../../../stream/schedule/turn_budget.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** A connection that works for `workMs`, after `pauseMs`. */
function connectionOf(clock: ManualClock): (workMs: number, pauseMs?: number) => Promise<void> | undefined {
  let now = 100;
  const worker = { work: (items: readonly number[]) => items.forEach((workMs) => now += workMs) };
  const budget = new TurnBudget(worker, clock, () => now);
  return (workMs, pauseMs = 0) => {
    now += pauseMs;
    return budget.spend([workMs], now);
  };
}

Deno.test("TurnBudget gives a turn away after 2 ms of work that comes without a pause", async () => {
  const clock = new ManualClock();
  const work = connectionOf(clock);
  assertEquals(work(1.5), undefined);
  const nextTurn = work(0.6);
  assert(nextTurn !== undefined);
  await clock.advance(0);
  await nextTurn;
  assertEquals(work(1.5), undefined);
});

Deno.test("TurnBudget sets no timer where others had their turn between two pieces of work", () => {
  const clock = new ManualClock();
  const work = connectionOf(clock);
  for (let i = 0; i < 10; i++) assertEquals(work(1.5, 100), undefined);
});
