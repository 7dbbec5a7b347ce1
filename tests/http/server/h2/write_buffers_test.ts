import { WriteBuffers } from "../../../../http/server/h2/write_buffers.ts";
import { assert, assertEquals } from "../../../support/assert.ts";

Deno.test("WriteBuffers gives memory that was given back, as much as is asked for, and has 256 at most", () => {
  const buffers = new WriteBuffers();
  const all = Array.from({ length: 260 }, () => buffers.take(50_000));
  assertEquals(new Set(all.map(({ buffer }) => buffer)).size, 260);
  for (const bytes of all) buffers.give(bytes);
  const again = Array.from({ length: 260 }, () => buffers.take(60_000));
  const known = new Set<ArrayBuffer>(all.map(({ buffer }) => buffer));
  assertEquals(again.filter(({ buffer }) => known.has(buffer)).length, 256);
  assert(again.every(({ length }) => length === 60_000));
});

Deno.test("WriteBuffers does not keep what is small or larger than a write", () => {
  const buffers = new WriteBuffers();
  for (const length of [100, 200_000]) {
    const bytes = buffers.take(length);
    assertEquals(bytes.buffer.byteLength, length);
    buffers.give(bytes);
    assert(buffers.take(length).buffer !== bytes.buffer);
  }
});

Deno.test("WriteBuffers does not use again what may still be read, and has another one instead", () => {
  const buffers = new WriteBuffers();
  const all = Array.from({ length: 256 }, () => buffers.take(50_000));
  for (const bytes of all) buffers.forget(bytes);
  const next = buffers.take(50_000);
  assert(!all.some(({ buffer }) => buffer === next.buffer));
  buffers.give(next);
  assertEquals(buffers.take(50_000).buffer, next.buffer);
});
