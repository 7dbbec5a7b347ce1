/**
 * Client ids of a thread: each number once, more asked for in time.
 *
 * @module
 */
import { IdPool } from "../../../app/threads/id_pool.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

Deno.test("IdPool.next() gives each number of its blocks once, in order", () => {
  const ids = new IdPool([[1, 2], [100, 101]], () => {});
  assertEquals(Array.from({ length: 4 }, () => ids.next()), [1, 2, 100, 101]);
});

Deno.test("IdPool asks for more with the last number of each block", () => {
  let asked = 0;
  const ids = new IdPool([[1, 2], [100]], () => asked++);
  ids.next();
  assertEquals(asked, 0);
  ids.next();
  assertEquals(asked, 1);
  ids.next();
  assertEquals(asked, 2);
});

Deno.test("IdPool.add() keeps the order of the blocks", () => {
  const ids = new IdPool([[1]], () => {});
  ids.add([50]);
  ids.add([60]);
  assertEquals([ids.next(), ids.next(), ids.next()], [1, 50, 60]);
});

Deno.test("IdPool.next() fails when nothing is left, and goes on with the next block", () => {
  const ids = new IdPool([[1]], () => {});
  ids.next();
  assertThrows(() => ids.next(), Error, "No client ids are left");
  ids.add([2]);
  assertEquals(ids.next(), 2);
});
