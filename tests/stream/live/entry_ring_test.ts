/**
 * `EntryRing` is a queue of pairs, however it wraps and grows.
 *
 * @module
 */
import fc from "fast-check";
import { EntryRing } from "../../../stream/live/entry_ring.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("EntryRing is empty at first, and stays so when shifted", () => {
  const ring = new EntryRing();
  ring.shift();
  assertEquals([ring.size, ring.firstPosition, ring.firstTime], [0, NaN, NaN]);
});

Deno.test("EntryRing gives pairs in their order", () => {
  const ring = new EntryRing();
  ring.push(10, 1);
  ring.push(20, 2);
  assertEquals([ring.size, ring.firstPosition, ring.firstTime], [2, 10, 1]);
  ring.shift();
  assertEquals([ring.size, ring.firstPosition, ring.firstTime], [1, 20, 2]);
});

Deno.test("EntryRing behaves as an array does, over wraps and growth", () => {
  // Runs of pushes and shifts; more than 256 entries make it grow.
  const runs = fc.array(fc.tuple(fc.nat(400), fc.nat(400)), { maxLength: 12 });
  fc.assert(
    fc.property(runs, (operations) => {
      const ring = new EntryRing();
      const model: number[] = [];
      let next = 0;
      for (const [pushes, shifts] of operations) {
        for (let i = 0; i < pushes; i++) {
          ring.push(next, next / 2);
          model.push(next++);
        }
        for (let i = 0; i < shifts; i++) {
          ring.shift();
          model.shift();
          assertEquals(ring.firstPosition, model[0] ?? NaN);
        }
        for (const position of [-1, model[0] ?? 0, next - 2, next - 1, next]) {
          assertEquals(ring.next(position), model.find((entry) => entry > position) ?? NaN);
        }
        assertEquals([ring.size, ring.firstTime], [model.length, (model[0] ?? NaN) / 2]);
      }
    }),
    { numRuns: 50 },
  );
});
