/**
 * Room for unfinished messages: what counts, what it starts with, what is given back.
 *
 * @module
 */
import { PayloadBudget } from "../../../rtmp/wire/payload_budget.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";

const KIB = 1024;
const LENGTH = 1024 * KIB;

Deno.test("PayloadBudget gives the first unfinished message 64 KiB, the second half of it, the third a third", () => {
  const budget = new PayloadBudget(LENGTH);
  const sizes = [1, 2, 3].map(() => budget.grow(undefined, 0, 1, LENGTH).length);
  assertEquals(sizes, [64 * KIB, 32 * KIB, Math.floor(64 * KIB / 3)]);
  assertEquals(budget.usedBytes, sizes.reduce((sum, size) => sum + size));
});

Deno.test("PayloadBudget counts a released message no more: the next one starts as if it had never been", () => {
  const budget = new PayloadBudget(LENGTH);
  for (let i = 0; i < 100; i++) {
    const payload = budget.grow(undefined, 0, 1, LENGTH);
    assertEquals(payload.length, 64 * KIB);
    budget.release(payload);
    assertEquals(budget.usedBytes, 0);
  }
  const first = budget.grow(undefined, 0, 1, LENGTH);
  const second = budget.grow(undefined, 0, 1, LENGTH);
  budget.release(first);
  assertEquals(budget.usedBytes, second.length);
  assertEquals(budget.grow(undefined, 0, 1, LENGTH).length, 32 * KIB);
});

Deno.test("PayloadBudget.grow() doubles what was given, never beyond the message, and keeps what is filled", () => {
  const budget = new PayloadBudget(LENGTH);
  let payload = budget.grow(undefined, 0, 1, 100 * KIB);
  payload.fill(7, 0, 64 * KIB);
  assertEquals(budget.grow(payload, 63 * KIB, KIB, 100 * KIB), payload, "there is room");
  payload = budget.grow(payload, 64 * KIB, 1, 100 * KIB);
  assertEquals(payload.length, 100 * KIB);
  assertEquals([payload.indexOf(0), payload[0]], [64 * KIB, 7]);
  assertEquals(budget.usedBytes, 100 * KIB);
});

Deno.test("PayloadBudget.grow() refuses what is past the bound, and counts it not", () => {
  const budget = new PayloadBudget(100 * KIB);
  budget.grow(undefined, 0, 1, LENGTH);
  const error = assertThrows(() => budget.grow(undefined, 0, 50 * KIB, LENGTH), ProtocolError);
  assertEquals([error.code, budget.usedBytes], [ProtocolErrorCode.Limit, 64 * KIB]);
  assertEquals(budget.grow(undefined, 0, 1, 36 * KIB).length, 32 * KIB);
});
