/**
 * Messages that are kept in memory which is used again.
 *
 * @module
 */
import fc from "fast-check";
import { MessageStore } from "../../../stream/live/message_store.ts";
import type { StreamMessage } from "../../../stream/media/media_message.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";

function message(time: number, payload: Uint8Array<ArrayBuffer> = Uint8Array.of(time)): StreamMessage {
  return { typeId: 9, time, payload };
}

Deno.test("MessageStore keeps copies, in order", () => {
  const store = new MessageStore();
  const payload = Uint8Array.of(1, 2);
  store.add(message(0, payload));
  payload.fill(9);
  store.add(message(1));
  assertEquals(store.share(), [message(0, Uint8Array.of(1, 2)), message(1)]);
  assertEquals([store.count, store.bytes], [2, 3]);
});

Deno.test("MessageStore fills the same memory again, unless it was shared", () => {
  const store = new MessageStore();
  store.add(message(0));
  store.clear();
  store.add(message(1));
  const [shared] = store.share();
  store.clear();
  store.add(message(2));
  const [after] = store.share();
  assertEquals([shared, after], [message(1), message(2)]);
  assert(shared?.payload.buffer !== after?.payload.buffer);
  const next = new MessageStore();
  next.add(message(0, new Uint8Array(30_000)));
  next.clear();
  next.add(message(1));
  const [first] = next.share();
  assertEquals(first?.payload.buffer.byteLength, 32 * 1024);
});

Deno.test("MessageStore fills its blocks to the last byte", () => {
  const store = new MessageStore();
  for (const bytes of [20_000, 12_768, 1]) store.add(message(0, new Uint8Array(bytes)));
  const [first, second, third] = store.share();
  assertStrictEquals(first?.payload.buffer, second?.payload.buffer);
  assert(second?.payload.buffer !== third?.payload.buffer);
});

Deno.test("MessageStore gives up an empty block for a message that is larger", () => {
  const store = new MessageStore();
  store.add(message(0));
  store.clear();
  store.add(message(1, new Uint8Array(40_000)));
  store.clear();
  store.add(message(2));
  assertEquals(store.share().map(({ payload }) => payload.buffer.byteLength), [40_000]);
});

Deno.test("MessageStore.release() keeps no memory for the next messages", () => {
  const store = new MessageStore();
  store.add(message(0, new Uint8Array(40_000)));
  store.release();
  assertEquals([store.count, store.bytes], [0, 0]);
  store.add(message(1));
  assertEquals(store.share().map(({ payload }) => payload.buffer.byteLength), [32 * 1024]);
});

Deno.test("MessageStore.keepLast() forgets what is before", () => {
  const store = new MessageStore();
  for (let time = 0; time < 5; time++) store.add(message(time));
  store.keepLast(2);
  store.add(message(9));
  assertEquals(store.share(), [message(3), message(4), message(9)]);
  assertEquals([store.count, store.bytes], [3, 3]);
});

Deno.test("MessageStore gives what was added, over any clears, and what was shared stays as it was", () => {
  const operation = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(0, 1, 500, 30_000, 64 * 1024, 70_000) },
    { weight: 1, arbitrary: fc.constantFrom("clear", "share", "release", "keep") },
  );
  fc.assert(fc.property(fc.array(operation, { maxLength: 60 }), (plan) => {
    const store = new MessageStore();
    let expected: StreamMessage[] = [];
    const shared: [readonly StreamMessage[], StreamMessage[]][] = [];
    for (const [i, step] of plan.entries()) {
      if (typeof step === "number") {
        const added = message(i, new Uint8Array(step).fill(i));
        expected.push(added);
        store.add(added);
      } else if (step === "share") shared.push([store.share(), [...expected]]);
      else if (step === "keep") {
        expected = expected.slice(-2);
        store.keepLast(expected.length);
      } else {
        store[step === "clear" ? "clear" : "release"]();
        expected = [];
      }
      assertEquals(store.count, expected.length);
    }
    for (const [given, then] of [...shared, [store.share(), expected] as const]) {
      assertEquals(given.map(digest), then.map(digest));
    }
  }));
});

/** Comparing megabytes byte by byte takes long: all bytes of a payload are equal here. */
function digest({ typeId, time, payload }: StreamMessage): readonly unknown[] {
  return [typeId, time, payload.length, payload[0], payload.at(-1)];
}
