/**
 * How long parts and segments are, for the frame rates and GOPs of the field.
 *
 * @module
 */
import fc from "fast-check";
import { fitsPartTarget, PartPlan, partTargetMs } from "../../../stream/mux/part_plan.ts";
import { SegmentPlan, targetDurationS } from "../../../stream/mux/segment_plan.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const RATES = [10, 15, 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 120];

Deno.test("partTargetMs() is whole frames and a millisecond", () => {
  assertEquals(partTargetMs(200, 1000 / 25), 201);
  assertEquals(partTargetMs(200, 1000 / 24), 168);
  assertEquals(partTargetMs(200, 1000 / 30), 201);
  assertEquals(partTargetMs(200, 1001 / 24), 168);
  assertEquals(partTargetMs(200, 1024 / 48), 193);
  // One frame that is longer than what is wanted.
  assertEquals(partTargetMs(200, 500), 501);
});

Deno.test("fitsPartTarget() takes 10 frames a second for 0.201 s, not for 0.168", () => {
  assert(fitsPartTarget(201, 100));
  assert(!fitsPartTarget(168, 100));
  assert(!fitsPartTarget(201, 500));
  for (const rate of RATES) assert(fitsPartTarget(partTargetMs(200, 1000 / rate), 1000 / rate), `${rate}`);
});

for (const rate of RATES) {
  Deno.test(`PartPlan keeps parts of ${rate} fps between 85 % and the whole target`, () => {
    const frameMs = 1000 / rate;
    const target = partTargetMs(200, frameMs);
    const plan = new PartPlan(target, frameMs);
    const parts: number[] = [];
    let part = 0;
    for (let i = 0; i < 1000; i++) {
      const duration = Math.round((i + 1) * frameMs) - Math.round(i * frameMs);
      if (plan.endsBefore(part, duration)) [, part] = [parts.push(part), 0];
      part += duration;
      if (plan.isFull(part)) [, part] = [parts.push(part), 0];
    }
    assert(parts.length > 20);
    for (const length of parts) assert(length <= target && length >= 0.85 * target, `${length} of ${target}`);
    // A part is not kept back until the frame after it is whole.
    assertEquals(new Set(parts.map((length) => Math.round(length / frameMs))).size, 1);
  });
}

Deno.test("targetDurationS() follows the longest GOP", () => {
  assertEquals(targetDurationS(2000, 0), 2);
  assertEquals(targetDurationS(2000, 2000), 2);
  assertEquals(targetDurationS(2000, 2002), 2);
  assertEquals(targetDurationS(2000, 960), 2);
  assertEquals(targetDurationS(2000, 3000), 3);
  assertEquals(targetDurationS(2000, 1500), 3);
  assertEquals(targetDurationS(2000, 10_000), 10);
  assertEquals(targetDurationS(2500, 0), 3);
  assertEquals(targetDurationS(400, 40), 1);
});

Deno.test("SegmentPlan never lets a segment round to more than the target", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 10 }),
    fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 50, maxLength: 300 }),
    (targetS, durations) => {
      const plan = new SegmentPlan(targetS * 1000, targetS, 0);
      let length = 0;
      for (const duration of durations) {
        if (length > 0 && plan.isFull(length, duration)) {
          assert(Math.round(length / 1000) <= targetS, `${length}`);
          length = 0;
        }
        length += duration;
      }
    },
  ));
});
