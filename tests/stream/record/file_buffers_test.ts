/** Memory that recordings use again. */
import { FileBuffers } from "../../../stream/record/file_buffers.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const KIB = 1024;

Deno.test("FileBuffers gives again what it got back, to whom it is not much too large", () => {
  const buffers = new FileBuffers();
  const small = buffers.take(1);
  const large = buffers.take(130 * KIB);
  assertEquals([small.length, large.length], [64 * KIB, 192 * KIB]);
  buffers.give(large.subarray(5, 10));
  buffers.give(small);
  assert(buffers.take(64 * KIB).buffer === small.buffer);
  assert(buffers.take(64 * KIB).buffer !== large.buffer);
  assert(buffers.take(100 * KIB).buffer === large.buffer);
});

Deno.test("FileBuffers keeps no memory of others, no more than 32 MiB, and nothing when nobody records", () => {
  const buffers = new FileBuffers();
  const foreign = new Uint8Array(100 * KIB);
  buffers.give(foreign);
  buffers.give(new Uint8Array(0));
  assert(buffers.take(100 * KIB).buffer !== foreign.buffer);
  const large = [1, 2, 3].map(() => buffers.take(16 * KIB * KIB));
  for (const buffer of large) buffers.give(buffer);
  const again = [1, 2, 3].map(() => buffers.take(16 * KIB * KIB));
  assertEquals(again.filter((buffer) => large.some((old) => old.buffer === buffer.buffer)).length, 2);
  buffers.give(again[0] ?? foreign);
  buffers.clear();
  assert(buffers.take(16 * KIB * KIB).buffer !== again[0]?.buffer);
});

Deno.test("FileBuffers full of sizes that nobody takes any more keeps those that are taken", () => {
  const buffers = new FileBuffers();
  const unused = Array.from({ length: 512 }, () => buffers.take(64 * KIB));
  for (const buffer of unused) buffers.give(buffer);
  const used = buffers.take(512 * KIB);
  buffers.give(used);
  assert(buffers.take(512 * KIB).buffer === used.buffer);
});
