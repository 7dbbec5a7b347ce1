/**
 * Tests of `core/error_text.ts`.
 *
 * @module
 */
import { errorChain, errorMessage, errorStack } from "../../core/error_text.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";

const ERROR = new Error("Cannot open x", { cause: new TypeError("no such file") });

Deno.test("errorMessage() has the error's own message, errorChain() those of its causes too", () => {
  assertEquals(errorMessage(ERROR), "Cannot open x");
  assertEquals(errorChain(ERROR), "Cannot open x: no such file");
});

Deno.test("errorStack() has the stacks of the error and of its causes", () => {
  assertStringIncludes(errorStack(ERROR), "error_text_test.ts");
  assertStringIncludes(errorStack(ERROR), "; caused by TypeError: no such file");
  const bare = new Error("broken");
  delete bare.stack;
  assertEquals(errorStack(bare), "broken");
});

for (const write of [errorMessage, errorChain, errorStack]) {
  Deno.test(`${write.name}() of what is not an error is its text`, () => {
    assertEquals([write("a text"), write(undefined)], ["a text", "undefined"]);
  });
}
