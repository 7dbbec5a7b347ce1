/**
 * Any order of publishing, playing, writing and hearing of each other: players get what was published.
 *
 * @module
 */
import fc from "fast-check";
import { StreamTrial, TRIAL_ACTS } from "../../support/stream/stream_trial.ts";

const number = fc.nat(1 << 20);
const step = fc.record({ act: fc.constantFrom(...TRIAL_ACTS), a: number, b: number });
const options = fc.record({
  chunkSize: fc.constantFrom(128, 4096, 60_000),
  gopCache: fc.boolean(),
  gopCacheMaxFrames: fc.constantFrom(0, 0, 20),
  queueLengthMs: fc.constantFrom(100, 500, 30_000),
  maxLagBytes: fc.constantFrom(500_000, 900_000, 32 * 1024 * 1024),
  timeJitter: fc.constantFrom("full" as const, "zero" as const),
  reduceSequenceHeader: fc.boolean(),
});

for (const threads of [1, 2, 3]) {
  for (const delivery of ["in order", "late"] as const) {
    Deno.test(`Players on ${threads} threads get what was published, whole and in order, notified ${delivery}`, () => {
      const steps = fc.array(step, { minLength: 50, maxLength: 300, size: "max" });
      fc.assert(
        fc.property(steps, options, (steps, options) => {
          const trial = new StreamTrial(threads, options, delivery);
          for (const step of steps) trial.step(step);
          trial.finish();
        }),
        { numRuns: 40 },
      );
    });
  }
}
