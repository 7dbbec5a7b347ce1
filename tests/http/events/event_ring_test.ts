/**
 * The events that are kept.
 *
 * @module
 */
import { EventFilter } from "../../../http/events/event_filter.ts";
import { EventRing } from "../../../http/events/event_ring.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { playEvent } from "../../support/http/activity_events.ts";

function openFilter(query = ""): EventFilter {
  const read = EventFilter.of(new URLSearchParams(query));
  if (typeof read === "string") throw new Error(read);
  return read;
}

function ringOf(kept: number, events: number, bytesEach = 1): EventRing {
  const ring = new EventRing(kept);
  for (let i = 1; i <= events; i++) ring.push(playEvent(), new Uint8Array(bytesEach).fill(i));
  return ring;
}

Deno.test("EventRing keeps the newest events in their order", () => {
  const ring = ringOf(3, 5);
  assertEquals([ring.first, ring.next, ring.heldBytes], [3, 6, 3]);
  assertEquals([...ring.read(3, openFilter(), 100).bytes], [3, 4, 5]);
  assertEquals([...ring.read(5, openFilter(), 100).bytes], [5]);
  assertEquals(ring.read(6, openFilter(), 100), { bytes: new Uint8Array(0), next: 6 });
});

Deno.test("EventRing is bounded in bytes, whatever the events hold", () => {
  const ring = ringOf(10, 10, 4000);
  assertEquals([ring.first, ring.next, ring.heldBytes], [9, 11, 8000]);
  const large = ringOf(2, 3, 100_000);
  assertEquals([large.first, large.next, large.heldBytes], [3, 4, 100_000]);
});

Deno.test("EventRing.read() stops at its bound and says where to go on", () => {
  const ring = ringOf(10, 5, 10);
  assertEquals(ring.read(1, openFilter(), 25).next, 3);
  // One event that is larger than the bound is given alone: the reader would not get past it.
  assertEquals(ring.read(1, openFilter(), 5).next, 2);
});

Deno.test("EventRing.read() passes what a filter leaves out", () => {
  const ring = ringOf(10, 3);
  ring.push(playEvent({ app: "other" }), new Uint8Array([9]));
  ring.push(playEvent(), new Uint8Array([5]));
  const { bytes, next } = ring.read(1, openFilter("app=other"), 100);
  assertEquals([[...bytes], next], [[9], 6]);
  assert(ring.read(1, openFilter("app=none"), 100).bytes.length === 0);
});
