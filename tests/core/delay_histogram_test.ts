/**
 * Delays by their size.
 *
 * @module
 */
import { DELAY_BOUNDS_MS, DelayHistogram } from "../../core/delay_histogram.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("DelayHistogram puts a delay into the first bucket that holds it", () => {
  const histogram = new DelayHistogram();
  for (const delayMs of [0, 1, 1.1, 2500, 2501]) histogram.add(delayMs);
  const { buckets, sumMs } = histogram.counts();
  assertEquals(buckets, [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  assertEquals([sumMs, buckets.length], [5003.1, DELAY_BOUNDS_MS.length + 1]);
});
