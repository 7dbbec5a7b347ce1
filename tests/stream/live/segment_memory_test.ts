/**
 * Memory that several threads read is used again when all of them have let it go, and not before.
 *
 * @module
 */
import { allocateShared, isRetained, release, retain } from "../../../stream/live/segment_memory.ts";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";

Deno.test("allocateShared() gives exactly the bytes asked for, which writing does not retain", () => {
  const memory = allocateShared(64);
  assertEquals(memory.length, 64);
  memory.fill(0xff);
  assert(!isRetained(memory));
});

Deno.test("retain() counts each thread, release() takes one away", () => {
  const memory = allocateShared(64);
  retain(memory);
  retain(memory);
  release(memory);
  assert(isRetained(memory));
  release(memory);
  assert(!isRetained(memory));
});

Deno.test("release() works on the rest of a segment, and through another view of the same memory", () => {
  const memory = allocateShared(64);
  retain(memory);
  const far = structuredClone(memory);
  release(far.subarray(10));
  assert(!isRetained(memory));
});

Deno.test("retain() leaves memory alone that was not made for several threads", () => {
  for (
    const memory of [
      new Uint8Array(8),
      new Uint8Array(new SharedArrayBuffer(8)),
      allocateShared(16).subarray(0, 8),
    ]
  ) {
    retain(memory);
    assertEquals([...memory], [0, 0, 0, 0, 0, 0, 0, 0]);
    assert(!isRetained(memory));
  }
});

Deno.test("SegmentPool gives lent memory again when it has come back, not before", () => {
  const pool = new SegmentPool(allocateShared);
  const first = pool.take(64);
  retain(first);
  pool.give(first);
  const second = pool.take(64);
  assert(second !== first);
  release(first);
  assertStrictEquals(pool.take(64), first);
  assert(pool.take(64) !== first, "only once");
});

Deno.test("SegmentPool waits for no more lent memory than its bound, the oldest is forgotten", () => {
  const pool = new SegmentPool(allocateShared, 128);
  const lent = [pool.take(64), pool.take(64), pool.take(64)];
  for (const memory of lent) {
    retain(memory);
    pool.give(memory);
  }
  for (const memory of lent) release(memory);
  const again = [pool.take(64), pool.take(64), pool.take(64)];
  assertEquals(again.filter((memory) => lent.includes(memory)).length, 2);
  assert(!again.some((memory) => memory === lent[0]));
});
