/**
 * What `SegmentPool` keeps and what it forgets.
 *
 * @module
 */
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";

Deno.test("SegmentPool.take() makes what it does not have, of exactly that size", () => {
  const pool = new SegmentPool();
  assertEquals(pool.take(64).length, 64);
});

Deno.test("SegmentPool.take() gives a freed array of the same size, once", () => {
  const pool = new SegmentPool();
  const arrays = [pool.take(64), pool.take(64)];
  for (const array of arrays) pool.give(array);
  const again = [pool.take(64), pool.take(64), pool.take(64)];
  assertStrictEquals(again[0], arrays[1]);
  assertStrictEquals(again[1], arrays[0]);
  assert(!arrays.includes(again[2] ?? new Uint8Array()));
});

Deno.test("SegmentPool.take() does not give an array of another size", () => {
  const pool = new SegmentPool();
  pool.give(pool.take(128));
  assertEquals(pool.take(64).length, 64);
});

Deno.test("SegmentPool keeps up to its bound however often its arrays are taken and given", () => {
  const pool = new SegmentPool(undefined, 128);
  const [first, second] = [pool.take(64), pool.take(64)];
  for (let i = 0; i < 10; i++) {
    pool.give(first);
    pool.give(second);
    const taken = new Set([pool.take(64), pool.take(64)]);
    assertEquals([taken.has(first), taken.has(second)], [true, true]);
  }
});

Deno.test("SegmentPool.give() keeps no more than its bound", () => {
  let made = 0;
  const pool = new SegmentPool((bytes) => {
    made++;
    return new Uint8Array(bytes);
  }, 128);
  const arrays = [pool.take(64), pool.take(64), pool.take(64)];
  for (const array of arrays) pool.give(array);
  for (let i = 0; i < 3; i++) pool.take(64);
  assertEquals(made, 4);
});

Deno.test("SegmentPool.sweep() gives up what nobody has taken for ten sweeps, and no more", () => {
  const pool = new SegmentPool();
  const arrays = [pool.take(64), pool.take(64), pool.take(64), pool.take(128)];
  for (const array of arrays) pool.give(array);
  const sweep = (times: number): void => {
    for (let i = 0; i < times; i++) pool.sweep();
  };
  sweep(10);
  const taken = [pool.take(64), pool.take(64)];
  assert(taken.every((array) => arrays.includes(array)), "all were new in the first ten");
  for (const array of taken) pool.give(array);
  sweep(9);
  pool.give(pool.take(128));
  sweep(1);
  const left = [pool.take(64), pool.take(64), pool.take(64)].filter((array) => arrays.includes(array));
  assertEquals(left.length, 2);
  assertStrictEquals(pool.take(128), arrays[3]);
});

Deno.test("SegmentPool.sweep() keeps what key frames that come together give back and take again", () => {
  let made = 0;
  const pool = new SegmentPool((bytes) => {
    made++;
    return new Uint8Array(bytes);
  });
  for (let i = 0; i < 60; i++) {
    const arrays = [pool.take(64), pool.take(64), pool.take(64)];
    for (const array of arrays) pool.give(array);
    pool.sweep();
  }
  assertEquals(made, 3);
});
