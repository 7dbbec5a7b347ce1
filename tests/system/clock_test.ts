import { SystemClock } from "../../system/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ManualClock, SkippingClock, SteppedClock } from "../support/manual_clock.ts";

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

Deno.test("SkippingClock.skip() fires timers in their order, at their moments, and leaves later ones to come", async () => {
  const clock = new SkippingClock();
  const fired: string[] = [];
  const from = clock.now();
  const beats = clock.setInterval(() => fired.push(`beat ${Math.round((clock.now() - from) / 100)}`), 20_000);
  clock.setTimeout(() => fired.push("once"), 50_000);
  clock.setTimeout(() => fired.push("cleared"), 1000).clear();
  const late = clock.setTimeout(() => fired.push("late"), 100_000);
  await clock.skip(60_000);
  assertEquals(fired, ["beat 200", "beat 400", "once", "beat 600"]);
  assert(clock.now() - from >= 60_000);
  late.clear();
  beats.clear();
  await clock.skip(100_000);
  assertEquals(fired.length, 4);
});

Deno.test("SkippingClock's timers fire without a skip, the later for none", async () => {
  const clock = new SkippingClock();
  const soon = Promise.withResolvers<void>();
  const beat = Promise.withResolvers<void>();
  clock.setTimeout(soon.resolve, 10_001);
  const beats = clock.setInterval(beat.resolve, 10_002);
  await clock.skip(10_000);
  await Promise.all([soon.promise, beat.promise]);
  beats.clear();
});
