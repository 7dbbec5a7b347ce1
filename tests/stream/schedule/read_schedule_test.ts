/**
 * When a publisher's socket is read that nobody plays.
 *
 * @module
 */
import { ReadSchedule } from "../../../stream/schedule/read_schedule.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** Ticks up to the next read, of a publisher that sends `tickBytes` between two ticks. */
function ticksUntilRead(pace: ReadSchedule, tickBytes: number, { mayRest }: { mayRest: boolean }): number {
  for (let ticks = 1;; ticks++) {
    pace.tick({ mayRest });
    if (pace.resting) continue;
    pace.onSocketEmpty(ticks * tickBytes);
    return ticks;
  }
}

function ticks(tickBytes: number, options = { mayRest: true }): number[] {
  const pace = new ReadSchedule({ emptied: () => {}, isUrgent: () => false });
  pace.onSocketEmpty(tickBytes);
  return [1, 2, 3].map(() => ticksUntilRead(pace, tickBytes, options));
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
  const pace = new ReadSchedule({ emptied: () => {}, isUrgent: () => false });
  assertEquals(pace.onSocketEmpty(32 * 1024 + 1), undefined);
  pace.tick();
  pace.onSocketEmpty(1);
  pace.tick({ mayRest: true });
  pace.tick({ mayRest: true });
  pace.tick({ mayRest: true });
  assert(!pace.resting);
  // Three ticks' worth.
  pace.onSocketEmpty(96 * 1024);
  assert(pace.resting);
  pace.tick();
  assertEquals(pace.onSocketEmpty(96 * 1024), undefined);
});

Deno.test("ReadSchedule.end() reads at once, whatever the ticks say", () => {
  const pace = new ReadSchedule({ emptied: () => {}, isUrgent: () => false });
  pace.onSocketEmpty(1);
  pace.tick({ mayRest: true });
  assert(pace.resting);
  pace.end();
  assertEquals([pace.resting, pace.onSocketEmpty(1)], [false, undefined]);
});
