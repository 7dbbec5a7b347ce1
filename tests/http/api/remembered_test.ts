/**
 * Results that are kept.
 *
 * @module
 */
import { remembered } from "../../../http/api/remembered.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("remembered() computes each short text once, and keeps a bounded number of them", () => {
  const computed: string[] = [];
  const twice = remembered((text) => {
    computed.push(text);
    return text + text;
  });
  assertEquals([twice("a"), twice("a"), twice("")], ["aa", "aa", ""]);
  assertEquals(computed, ["a", ""]);
  const long = "x".repeat(501);
  assertEquals([twice(long), twice(long)], [long + long, long + long]);
  assertEquals(computed.length, 4);
  for (let i = 0; i < 1000; i++) twice(`${i}`);
  // "a" was forgotten for one of them.
  computed.length = 0;
  twice("999");
  assertEquals([twice("a"), computed], ["aa", ["a"]]);
});
