/**
 * The table of attacks says what is tested, and nothing else.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { readAttackTests, SECURITY_DOCUMENT, withAttackTable } from "../support/attacks/attack_table.ts";
import { ATTACKS, attackTestName } from "../support/attacks/attacks.ts";

Deno.test("docs/SECURITY.md is current: deno task docs", async () => {
  const document = await Deno.readTextFile(SECURITY_DOCUMENT);
  assertEquals(document, await withAttackTable(document));
});

Deno.test("every attack has a test", async () => {
  const tests = await readAttackTests();
  const open = ATTACKS.filter(({ row }) => !tests.has(row));
  assertEquals(open, []);
  assertEquals(ATTACKS.map(({ row }) => row), ATTACKS.map((_, index) => index + 1));
  assert([...tests.keys()].every((row) => row <= ATTACKS.length));
});

Deno.test("attackTestName() carries the row's number and name", () => {
  assertEquals(attackTestName(5, "x"), "attack 5, chunk size 0 or with bit 31: x");
  assertThrows(() => attackTestName(99, "x"), RangeError, "99");
});
