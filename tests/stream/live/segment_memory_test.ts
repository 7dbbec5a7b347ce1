/**
 * Memory that several threads read is used again when all of them have let it go, and not before.
 *
 * @module
 */
import { allocateShared, handBack, isLent, lend } from "../../../stream/live/segment_memory.ts";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";

Deno.test("allocateShared() gives exactly the bytes asked for, which writing does not lend", () => {
  const memory = allocateShared(64);
  assertEquals(memory.length, 64);
  memory.fill(0xff);
  assert(!isLent(memory));
});

Deno.test("lend() counts each thread, handBack() takes one away", () => {
  const memory = allocateShared(64);
  lend(memory);
  lend(memory);
  handBack(memory);
  assert(isLent(memory));
  handBack(memory);
  assert(!isLent(memory));
});

Deno.test("handBack() works on the rest of a segment, and through another view of the same memory", () => {
  const memory = allocateShared(64);
  lend(memory);
  const far = structuredClone(memory);
  handBack(far.subarray(10));
  assert(!isLent(memory));
});

Deno.test("lend() leaves memory alone that was not made for several threads", () => {
  for (
    const memory of [
      new Uint8Array(8),
      new Uint8Array(new SharedArrayBuffer(8)),
      allocateShared(16).subarray(0, 8),
    ]
  ) {
    lend(memory);
    assertEquals([...memory], [0, 0, 0, 0, 0, 0, 0, 0]);
    assert(!isLent(memory));
  }
});

Deno.test("SegmentPool gives lent memory again when it has come back, not before", () => {
  const pool = new SegmentPool(allocateShared);
  const first = pool.take(64);
  lend(first);
  pool.give(first);
  const second = pool.take(64);
  assert(second !== first);
  handBack(first);
  assertStrictEquals(pool.take(64), first);
  assert(pool.take(64) !== first, "only once");
});

Deno.test("SegmentPool waits for no more lent memory than its bound, the oldest is forgotten", () => {
  const pool = new SegmentPool(allocateShared, 128);
  const lent = [pool.take(64), pool.take(64), pool.take(64)];
  for (const memory of lent) {
    lend(memory);
    pool.give(memory);
  }
  for (const memory of lent) handBack(memory);
  const again = [pool.take(64), pool.take(64), pool.take(64)];
  assertEquals(again.filter((memory) => lent.includes(memory)).length, 2);
  assert(!again.some((memory) => memory === lent[0]));
});
