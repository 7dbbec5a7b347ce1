/**
 * Tests of `rtmp/session/vhost.ts`.
 *
 * @module
 */
import { selectVhost } from "../../../../stream/admission/names/vhost.ts";
import { assertEquals } from "../../../support/assert.ts";

Deno.test("selectVhost() finds the exact name", () => {
  assertEquals(selectVhost("a.com", new Set(["a.com", "__defaultVhost__"])), "a.com");
});

Deno.test("selectVhost() renames to the default vhost", () => {
  assertEquals(selectVhost("127.0.0.1", new Set(["a.com", "__defaultVhost__"])), "__defaultVhost__");
});

Deno.test("selectVhost() finds nothing without a default vhost", () => {
  assertEquals(selectVhost("b.com", new Set(["a.com"])), undefined);
});

Deno.test("selectVhost() tells upper from lower case", () => {
  assertEquals(selectVhost("A.com", new Map([["a.com", 1]])), undefined);
});
