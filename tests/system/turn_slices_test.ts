/**
 * Long work gives others their turn, and short work sets no timer that stays.
 *
 * @module
 */
import { SystemClock } from "../../system/system_clock.ts";
import { inSlices, TurnSlices } from "../../system/turn_slices.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";

/** A clock of which the time is what the test says, though no timer has fired. */
class WorkingClock extends ManualClock {
  workedMs = 0;

  override now(): number {
    return super.now() + this.workedMs;
  }
}

Deno.test("TurnSlices.pause() is the next turn once 3 ms of work are done", async () => {
  const clock = new WorkingClock();
  using slices = new TurnSlices(clock);
  assertEquals(slices.pause(), undefined);
  clock.workedMs += 2.9;
  assertEquals(slices.pause(), undefined);
  clock.workedMs += 0.1;
  const turn = slices.pause();
  let isOver = false;
  void turn?.then(() => isOver = true);
  await Promise.resolve();
  assertEquals([turn !== undefined, isOver], [true, false]);
  await clock.advance(0);
  assert(isOver);
  // The next slice begins.
  assertEquals(slices.pause(), undefined);
});

Deno.test("TurnSlices leaves no timer", () => {
  const clock = new WorkingClock();
  {
    using slices = new TurnSlices(clock);
    assertEquals([slices.pause(), clock.timers], [undefined, 1]);
  }
  assertEquals(clock.timers, 0);
});

Deno.test("inSlices() takes all steps, and timers that are due fire between them", async () => {
  const clock = new SystemClock();
  let steps = 0;
  const seen: number[] = [];
  const timer = clock.setInterval(() => seen.push(steps), 1);
  const result = await inSlices(work(), clock);
  timer.clear();
  assertEquals([result, steps], ["done", 40]);
  assert(seen.some((at) => at > 5 && at < 35), `beats after the steps ${seen}`);

  function* work(): Generator<undefined, string> {
    for (; steps < 40; steps++) {
      const from = clock.now();
      while (clock.now() - from < 1);
      yield;
    }
    return "done";
  }
});
