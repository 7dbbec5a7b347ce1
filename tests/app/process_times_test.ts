import { ProcessTimes } from "../../app/process_times.ts";
import { assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";

const HOUR_MS = 3_600_000;

Deno.test("ProcessTimes.uptimeMs() follows no step of the system's clock, startedAt() does", async () => {
  const clock = new ManualClock(HOUR_MS * 100);
  const times = new ProcessTimes(clock, 500);
  assertEquals([times.uptimeMs(), times.startedAt()], [500, HOUR_MS * 100 - 500]);
  await clock.advance(1000);
  clock.stepWall(-HOUR_MS);
  assertEquals([times.uptimeMs(), times.startedAt()], [1500, HOUR_MS * 99 - 500]);
  clock.stepWall(2 * HOUR_MS);
  assertEquals([times.uptimeMs(), times.startedAt()], [1500, HOUR_MS * 101 - 500]);
  // Adjusted by a time server: it is the same start.
  clock.stepWall(300);
  assertEquals(times.startedAt(), HOUR_MS * 101 - 500);
});
