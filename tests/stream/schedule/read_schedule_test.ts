/**
 * When a publisher's socket is read that nobody plays.
 *
 * @module
 */
import { ReadSchedule } from "../../../stream/schedule/read_schedule.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** Ticks up to the next read, of a publisher that sends `tickBytes` between two ticks. */
function ticksUntilRead(
  schedule: ReadSchedule,
  tickBytes: number,
  { mayRest }: { mayRest: boolean },
): number {
  for (let ticks = 1;; ticks++) {
    schedule.tick({ mayRest });
    if (schedule.resting) continue;
    schedule.onSocketEmpty(ticks * tickBytes);
    return ticks;
  }
}

function ticks(tickBytes: number, options = { mayRest: true }): number[] {
  const schedule = new ReadSchedule({ emptied: () => {}, isUrgent: () => false, isWatched: () => true });
  schedule.onSocketEmpty(tickBytes);
  return [1, 2, 3].map(() => ticksUntilRead(schedule, tickBytes, options));
}

Deno.test("ReadSchedule rests for up to three ticks where it may", () => {
  assertEquals(ticks(1000), [3, 3, 3]);
  assertEquals(ticks(16 * 1024), [3, 3, 3]);
  assertEquals(ticks(1000, { mayRest: false }), [1, 1, 1]);
});

Deno.test("ReadSchedule rests no longer than the system has room for what comes", () => {
  assertEquals(ticks(17 * 1024), [2, 2, 2]);
  assertEquals(ticks(24 * 1024), [2, 2, 2]);
  assertEquals(ticks(25 * 1024), [1, 1, 1]);
});

Deno.test("ReadSchedule reads on at once above 32 KiB for each tick", () => {
  const schedule = new ReadSchedule({ emptied: () => {}, isUrgent: () => false, isWatched: () => true });
  assertEquals(schedule.onSocketEmpty(32 * 1024 + 1), undefined);
  schedule.tick();
  schedule.onSocketEmpty(1);
  schedule.tick({ mayRest: true });
  schedule.tick({ mayRest: true });
  schedule.tick({ mayRest: true });
  assert(!schedule.resting);
  // Three ticks' worth.
  schedule.onSocketEmpty(96 * 1024);
  assert(schedule.resting);
  schedule.tick();
  assertEquals(schedule.onSocketEmpty(96 * 1024), undefined);
});

Deno.test("ReadSchedule.end() reads at once, whatever the ticks say", () => {
  const schedule = new ReadSchedule({ emptied: () => {}, isUrgent: () => false, isWatched: () => true });
  schedule.onSocketEmpty(1);
  schedule.tick({ mayRest: true });
  assert(schedule.resting);
  schedule.end();
  assertEquals([schedule.resting, schedule.onSocketEmpty(1)], [false, undefined]);
});

Deno.test("ReadSchedule waits for the next tick up to 48 KiB where nobody plays", () => {
  const schedule = new ReadSchedule({ emptied: () => {}, isUrgent: () => false, isWatched: () => false });
  schedule.onSocketEmpty(48 * 1024);
  assert(schedule.resting);
  schedule.tick();
  assertEquals(schedule.onSocketEmpty(48 * 1024 + 1), undefined);
});
