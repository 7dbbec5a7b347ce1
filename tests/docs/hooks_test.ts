/**
 * docs/HOOKS.md has every field of every body, as the product writes them.
 *
 * @module
 */
import { HOOK_EVENT_NAMES } from "../../core/mod.ts";
import { FIELD_MEANINGS } from "../../hooks/contract/payload_fields.ts";
import { fieldsOf, HOOK_DOCUMENT, SENT_EVENTS, withHookBlocks } from "../../tools/hook_document.ts";
import { HOOK_KEYS } from "../../config/schema/schema_hooks.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";

const DOCUMENT = await Deno.readTextFile(HOOK_DOCUMENT);
const PAYLOADS = ["full", "1.0", "6.0"] as const;

Deno.test("docs/HOOKS.md is what `deno task docs` writes", async () => {
  assert(DOCUMENT === await withHookBlocks(DOCUMENT), "run: deno task docs");
});

Deno.test("every field of a body has a meaning, and no meaning is left over", () => {
  const fields = PAYLOADS.flatMap((payload) => SENT_EVENTS.flatMap((event) => fieldsOf(payload, event)));
  assertEquals(new Set(fields.map(({ name }) => name)), new Set(Object.keys(FIELD_MEANINGS)));
});

Deno.test("the document has the events that this version sends", () => {
  const configured = [...Object.keys(HOOK_KEYS.urls), "on_forward"];
  assertEquals(HOOK_EVENT_NAMES.toSorted(), configured.toSorted());
  assertEquals(SENT_EVENTS.toSorted(), configured.filter((event) => event !== "on_hls_notify").toSorted());
});

Deno.test("every key of the hooks is in the document", () => {
  const names = Object.values(HOOK_KEYS).flatMap((key) => "path" in key ? [key.path.split(".").at(-1)] : []);
  assertEquals(
    names.filter((name) => !DOCUMENT.includes(`\`${name}\``) && !DOCUMENT.includes(`\`${name} =`)),
    [],
  );
});

Deno.test("withHookBlocks() refuses a block that it cannot write", async () => {
  const block = "<!-- fieldz: written by `deno task docs` -->\n<!-- /fieldz -->";
  await assertRejects(() => withHookBlocks(block), Error, "fieldz");
  const bodies = "<!-- bodies 2.0: written by `deno task docs` -->\n<!-- /bodies -->";
  await assertRejects(() => withHookBlocks(bodies), Error, "payload 2.0");
});
