/**
 * How long a reload works before others have a turn.
 *
 * @module
 */
import { Pace } from "../../../app/reload/pace.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

for (
  const { hasMedia, worked, rests } of [
    { hasMedia: true, worked: 5, rests: false },
    { hasMedia: true, worked: 6, rests: true },
    { hasMedia: false, worked: 19, rests: false },
    { hasMedia: false, worked: 20, rests: true },
  ]
) {
  const thread = hasMedia ? "the thread of media" : "the main thread";
  Deno.test(`Pace ${rests ? "pauses" : "goes on"} after ${worked} ms on ${thread}`, async () => {
    const clock = new ManualClock();
    const pace = new Pace(clock, { hasMedia });
    for (let turn = 0; turn < 2; turn++) {
      await clock.advance(worked);
      let hasPaused = false;
      const pause = pace.pause().then(() => hasPaused = true);
      assertEquals(clock.timers, rests ? 1 : 0);
      if (rests) assert(!hasPaused);
      await clock.advance(0);
      await pause;
      if (!rests) break;
    }
  });
}
