/**
 * Byte arrays compared and put together.
 *
 * @module
 */
import { isEqual, join } from "../../core/bytes.ts";
import { assertEquals } from "../support/assert.ts";

const of = Uint8Array.of.bind(Uint8Array);

Deno.test("isEqual() looks at every byte and at the length", () => {
  assertEquals([isEqual(of(1, 2), of(1, 2)), isEqual(of(), of())], [true, true]);
  assertEquals([isEqual(of(1, 2), of(1, 3)), isEqual(of(3, 2), of(1, 2)), isEqual(of(1), of(1, 2))], [
    false,
    false,
    false,
  ]);
});

Deno.test("join() puts one behind the other in an array of its own", () => {
  const head = of(1, 2);
  const joined = join(head, of(3));
  assertEquals([...joined], [1, 2, 3]);
  joined[0] = 9;
  assertEquals(head[0], 1);
});
