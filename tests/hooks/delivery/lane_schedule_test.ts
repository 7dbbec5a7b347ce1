/**
 * Which lane comes next.
 *
 * @module
 */
import { type Lane, newLane } from "../../../hooks/delivery/lane.ts";
import { LaneSchedule } from "../../../hooks/delivery/lane_schedule.ts";
import { assertEquals } from "../../support/assert.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";

/** A lane with one row. */
function laneOf(key: string, changes: Partial<Lane> = {}): Lane {
  const lane = { ...newLane(key), ...changes };
  lane.rows.pushBack(outboxRow(key));
  return lane;
}

/** A lane that a request waits for. */
function waitedFor(key: string, changes: Partial<Lane> = {}): Lane {
  return laneOf(key, { waiters: [{ row: outboxRow(key), settle: () => {} }], ...changes });
}

/** Take lanes until none is due; none of them begins. */
function takeAll(schedule: LaneSchedule, now: number): string[] {
  const keys: string[] = [];
  for (let lane = schedule.takeReady(now); lane !== undefined; lane = schedule.takeReady(now)) {
    keys.push(lane.key);
    lane.scheduled = false;
  }
  return keys;
}

Deno.test("LaneSchedule.takeReady() has the lanes that are due, in the order in which they became so", () => {
  const schedule = new LaneSchedule();
  for (const [key, at] of [["late", 300], ["now", 0], ["soon", 200], ["just", 100]] as const) {
    schedule.add(laneOf(key), at, 100);
  }
  assertEquals([takeAll(schedule, 100), schedule.nextRetryAt], [["now", "just"], 200]);
  assertEquals([takeAll(schedule, 199), takeAll(schedule, 300)], [[], ["soon", "late"]]);
  assertEquals(schedule.nextRetryAt, Infinity);
});

Deno.test("LaneSchedule.takeReady() gives a lane once, however often it was added", () => {
  const schedule = new LaneSchedule();
  const lane = laneOf("a");
  schedule.add(lane, 0, 0);
  schedule.add(lane, 0, 0);
  assertEquals(takeAll(schedule, 0), ["a"]);
  schedule.add(lane, 50, 0);
  schedule.add(lane, 50, 0);
  assertEquals([takeAll(schedule, 50), takeAll(schedule, 50)], [["a"], []]);
});

Deno.test("LaneSchedule.takeReady() obeys the moment that was named last", () => {
  const schedule = new LaneSchedule();
  const [later, earlier, ready] = [laneOf("later"), laneOf("earlier"), laneOf("ready")];
  schedule.add(later, 100, 0);
  schedule.add(later, 500, 0);
  schedule.add(earlier, 500, 0);
  schedule.add(earlier, 100, 0);
  schedule.add(ready, 0, 0);
  schedule.add(ready, 500, 0);
  assertEquals([takeAll(schedule, 0), takeAll(schedule, 100), takeAll(schedule, 499)], [[], ["earlier"], []]);
  assertEquals(takeAll(schedule, 500).toSorted(), ["later", "ready"]);
});

Deno.test("LaneSchedule.takeReady() passes over lanes under way, and those that have become empty", () => {
  const schedule = new LaneSchedule();
  const [waiting, active, empty] = [laneOf("waiting"), laneOf("active"), laneOf("empty")];
  schedule.add(waiting, 50, 0);
  schedule.add(active, 0, 0);
  schedule.add(empty, 0, 0);
  waiting.active = true;
  active.active = true;
  empty.rows.popFront();
  assertEquals(takeAll(schedule, 100), []);
});

Deno.test("LaneSchedule.takeUrgent() has what a request waits for, although its pause goes on", () => {
  const schedule = new LaneSchedule();
  const [first, second] = [waitedFor("first"), waitedFor("second")];
  schedule.add(first, 1000, 0);
  schedule.addUrgent(first);
  schedule.addUrgent(second);
  for (const lane of [waitedFor("active", { active: true }), laneOf("nobody")]) schedule.addUrgent(lane);
  const empty = waitedFor("empty");
  empty.rows.popFront();
  schedule.addUrgent(empty);
  assertEquals([schedule.takeUrgent()?.key, schedule.takeUrgent()?.key], ["first", "second"]);
  assertEquals([schedule.takeUrgent(), schedule.takeReady(0)], [undefined, undefined]);
});

Deno.test("LaneSchedule.putBack() makes a lane the next of its kind again", () => {
  const schedule = new LaneSchedule();
  for (const key of ["a", "b"]) schedule.add(laneOf(key), 0, 0);
  for (const key of ["c", "d"]) schedule.addUrgent(waitedFor(key));
  const [ready, urgent] = [schedule.takeReady(0), schedule.takeUrgent()];
  for (const lane of [ready, urgent]) if (lane !== undefined) schedule.putBack(lane);
  assertEquals([schedule.takeUrgent()?.key, schedule.takeUrgent()?.key], ["c", "d"]);
  assertEquals(takeAll(schedule, 0), ["a", "b"]);
});

Deno.test("LaneSchedule.drainUrgent() takes all that is urgent but what is under way", () => {
  const schedule = new LaneSchedule();
  for (const lane of [waitedFor("a"), waitedFor("b", { active: true }), waitedFor("c")]) {
    schedule.addUrgent(lane);
  }
  assertEquals([...schedule.drainUrgent()].map(({ key }) => key), ["a", "c"]);
  assertEquals([...schedule.drainUrgent()], []);
});
