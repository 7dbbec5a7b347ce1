/**
 * A lane's waiters and the ages of its rows.
 *
 * @module
 */
import {
  type Lane,
  newLane,
  oldestDueAt,
  rowsDueBefore,
  settleWaitersOf,
  takeWaiters,
} from "../../../hooks/delivery/lane.ts";
import type { OutboxRow } from "../../../hooks/outbox/outbox_row.ts";
import { assertEquals } from "../../support/assert.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";

/** A lane with a waiter for each of `rows`, and what the waiters were given. */
function waitedFor(rows: readonly OutboxRow[]): { readonly lane: Lane; readonly settled: string[] } {
  const lane = newLane("a");
  const settled: string[] = [];
  lane.waiters = rows.map((row) => ({ row, settle: (clearance) => settled.push(`${row.id} ${clearance}`) }));
  return { lane, settled };
}

function laneOf(...dueAt: number[]): Lane {
  const lane = newLane(`lane ${dueAt}`);
  for (const at of dueAt) lane.rows.pushBack(outboxRow(`row ${at}`, { dueAt: at }));
  return lane;
}

Deno.test("settleWaitersOf() clears those that wait for the row, and leaves the others waiting", () => {
  const [first, second] = [outboxRow("first"), outboxRow("second")];
  const { lane, settled } = waitedFor([first, second, first]);
  settleWaitersOf(lane, first);
  assertEquals([settled, lane.waiters.map(({ row }) => row.id)], [["first clear", "first clear"], [
    "second",
  ]]);
  settleWaitersOf(lane, first);
  assertEquals(settled.length, 2);
});

Deno.test("takeWaiters() takes all of them, once", () => {
  const { lane } = waitedFor([outboxRow("first"), outboxRow("second")]);
  assertEquals(takeWaiters(lane).map(({ row }) => row.id), ["first", "second"]);
  assertEquals(takeWaiters(lane), []);
});

Deno.test("oldestDueAt() is the earliest moment of all lanes' first rows", () => {
  assertEquals(oldestDueAt([]), undefined);
  assertEquals(oldestDueAt([laneOf(), laneOf(7, 9), laneOf(3, 30), laneOf(5)]), 3);
});

Deno.test("rowsDueBefore() has the rows of all lanes that became due before the moment", () => {
  const rows = rowsDueBefore([laneOf(1, 3, 5), laneOf(), laneOf(2, 8)], 5);
  assertEquals(rows.map(({ dueAt }) => dueAt), [1, 3, 2]);
});
