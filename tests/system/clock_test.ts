import { SystemClock } from "../../system/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ManualClock, SteppedClock } from "../support/manual_clock.ts";

Deno.test("SystemClock's timers fire in their order, and cleared ones do not", async () => {
  const clock = new SystemClock();
  const fired: string[] = [];
  const over = Promise.withResolvers<void>();
  clock.setTimeout(() => fired.push("cleared"), 1).clear();
  const beats = clock.setInterval(() => {
    fired.push("beat");
    if (fired.length < 2) return;
    beats.clear();
    over.resolve();
  }, 1);
  const far = clock.setTimeout(() => fired.push("far"), Infinity);
  await over.promise;
  far.clear();
  assertEquals(fired, ["beat", "beat"]);
  assert(clock.now() > 0 && clock.wallNow() > Date.UTC(2020, 0, 1));
});

Deno.test("SteppedClock and ManualClock step the wall clock alone", () => {
  for (const clock of [new SteppedClock(), new ManualClock()]) {
    const [now, wall] = [clock.now(), clock.wallNow()];
    clock.stepWall(-3_600_000);
    assert(clock.now() >= now, "monotonic");
    assert(clock.wallNow() <= wall - 3_590_000);
  }
});

Deno.test("ManualClock.advance() fires timers at their moments, those that they set included", async () => {
  const clock = new ManualClock();
  const from = clock.now();
  const fired: string[] = [];
  const note = (what: string) => fired.push(`${what} ${clock.now() - from}`);
  const beats = clock.setInterval(() => note("beat"), 40);
  clock.setTimeout(() => {
    note("once");
    clock.setTimeout(() => note("later"), 10);
  }, 50);
  await clock.advance(100);
  beats.clear();
  await clock.advance(100);
  assertEquals(fired, ["beat 40", "once 50", "later 60", "beat 80"]);
  assertEquals(clock.timers, 0);
});
