/**
 * The server from source runs with the settings of V8 that the compiled file has.
 *
 * @module
 */
import deno from "../../deno.json" with { type: "json" };
import { V8_FLAGS } from "../../tools/v8_flags.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("deno task start sets of V8 what the compiled file has", () => {
  assertEquals(deno.tasks.start, `deno run -A --v8-flags=${V8_FLAGS} main.ts`);
});
