/**
 * How late the event loop is.
 *
 * @module
 */
import { LoopDelay } from "../../system/loop_delay.ts";
import { SystemClock } from "../../system/system_clock.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { until } from "../support/wait.ts";

Deno.test("LoopDelay counts no delay of a clock that is never late, and stops at its end", async () => {
  const clock = new ManualClock();
  const delay = new LoopDelay(clock);
  delay.counts();
  await clock.advance(1000);
  assertEquals(delay.counts(), { buckets: [10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], sumMs: 0 });
  delay.close();
  assertEquals(clock.timers, 0);
});

Deno.test("LoopDelay has a timer only while its counts are wanted", async () => {
  const clock = new ManualClock();
  const delay = new LoopDelay(clock);
  assertEquals(clock.timers, 0);
  delay.counts();
  assertEquals(clock.timers, 1);
  await clock.advance(9 * 60_000);
  delay.counts();
  await clock.advance(9 * 60_000);
  assertEquals(clock.timers, 1);
  await clock.advance(2 * 60_000);
  assertEquals(clock.timers, 0);
  assertEquals(delay.counts().sumMs, 0);
  assertEquals(clock.timers, 1);
  delay.close();
  delay.counts();
  assertEquals(clock.timers, 0);
});

Deno.test("LoopDelay finds a turn that took long", async () => {
  const delay = new LoopDelay(new SystemClock());
  await until(() => delay.counts().buckets.some((count) => count > 0));
  for (const startedMs = performance.now(); performance.now() - startedMs < 400;);
  await until(() => delay.counts().buckets.slice(8).some((count) => count > 0));
  assert(delay.counts().sumMs > 250);
  delay.close();
});
