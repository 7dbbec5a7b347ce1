/**
 * Tests of `system/limits/shared_counters.ts`: things are counted by name, and released once.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";

Deno.test("SharedCounters.acquire() gives `most` leases of a name, and one more for each released lease, once", () => {
  const { counts } = counters();
  const first = counts.acquire("a", 2);
  assert(first !== undefined && counts.acquire("a", 2) !== undefined);
  assertEquals(counts.acquire("a", 2), undefined);
  assert(counts.acquire("b", 2) !== undefined);
  first.release();
  first.release();
  assertEquals(counts.count("a"), 1);
  assert(counts.acquire("a", 2) !== undefined);
  assertEquals(counts.acquire("a", 2), undefined);
});

Deno.test("SharedCounters of several threads count together", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4 * 1024));
  const [a, b] = [counters(cells).counts, counters(cells).counts];
  assert(a.acquire("name", 1) !== undefined);
  assertEquals(b.acquire("name", 1), undefined);
});
