/**
 * The borrowed structures do what the types that are declared for them say.
 *
 * @module
 */
import fc from "fast-check";
import { BinaryHeap } from "../../core/binary_heap.ts";
import { Deque } from "../../core/deque.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("Deque does what its declared types say", () => {
  const command = fc.oneof(
    fc.record({ pushBack: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ pushFront: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ remove: fc.integer({ min: 0, max: 9 }) }),
    fc.constant("popFront" as const),
  );
  fc.assert(fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
    const deque = new Deque<number>();
    const model: number[] = [];
    for (const step of commands) {
      if (step === "popFront") assertEquals(deque.popFront(), model.shift());
      else if ("pushBack" in step) assertEquals(deque.pushBack(step.pushBack), model.push(step.pushBack));
      else if ("pushFront" in step) {
        assertEquals(deque.pushFront(step.pushFront), model.unshift(step.pushFront));
      } else {
        const at = model.indexOf(step.remove);
        const removed = at < 0 ? undefined : model.splice(at, 1)[0];
        assertEquals(deque.removeFirst((value) => value === step.remove), removed);
      }
      assertEquals([deque.length, deque.peekFront()], [model.length, model[0]]);
    }
    assertEquals([...deque], model);
  }));
});

Deno.test("BinaryHeap does what its declared types say", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), (values) => {
    const heap = new BinaryHeap<{ readonly at: number }>((a, b) => a.at - b.at);
    for (const [i, at] of values.entries()) assertEquals(heap.push({ at }), i + 1);
    const out: number[] = [];
    for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
      assertEquals(heap.length, values.length - out.length);
      assertEquals(heap.pop(), first);
      out.push(first.at);
    }
    assertEquals([heap.pop(), heap.length], [undefined, 0]);
    assertEquals(out, values.toSorted((a, b) => a - b));
  }));
});
