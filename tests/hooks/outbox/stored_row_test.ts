/**
 * A row of the outbox on its way to the disk and back.
 *
 * @module
 */
import { AT_ONCE } from "../../../hooks/outbox/outbox_row.ts";
import { restoreRow, storeRow } from "../../../hooks/outbox/stored_row.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const HOUR_MS = 3_600_000;

const ROWS = [
  outboxRow("plain", { dueAt: 0 }),
  outboxRow("full", {
    ...{ event: "on_publish", payload: "6.0", admittedBy: "last", state: "open", seq: 7, dueAt: 0 },
    ...{ streamKeys: ["v/live/a", "v/live/b"], body: '{"a":1}', attempts: 3, cause: "status 500" },
    ...{ sendBytes: 11, recvBytes: 12, checkpointAt: 13, lane: "s:9", url: "http://h/" },
  }),
  outboxRow("other", { dueAt: 0, payload: "1.0", admittedBy: "allowed", state: "dead", event: "on_close" }),
];
for (const row of ROWS) {
  Deno.test(`restoreRow() gives what storeRow() took of the row ${row.id}`, () => {
    const clock = new ManualClock();
    assertEquals(restoreRow(storeRow(row, clock), clock), { ...row, nextAt: AT_ONCE });
  });
}

Deno.test("restoreRow() counts a row's age by the wall clock, and a time in the future as now", async () => {
  const before = new ManualClock();
  await before.advance(5000);
  const stored = storeRow(outboxRow("a", { dueAt: before.now() - 3000 }), before);
  // Another process: its monotonic clock begins anywhere.
  const later = new ManualClock(before.wallNow() + HOUR_MS);
  assertEquals(later.now() - restoreRow(stored, later).dueAt, 3000 + HOUR_MS);
  const setBack = new ManualClock(before.wallNow() - HOUR_MS);
  assertEquals(restoreRow(stored, setBack).dueAt, setBack.now());
});

Deno.test("restoreRow() ends the pause of a row: its attempt is due at once", () => {
  const clock = new ManualClock();
  assertEquals(restoreRow(storeRow(outboxRow("a", { nextAt: 1e9 }), clock), clock).nextAt, AT_ONCE);
});

Deno.test("restoreRow() refuses what this program does not write", () => {
  const clock = new ManualClock();
  const stored = storeRow(outboxRow("a"), clock);
  assertThrows(() => restoreRow({ ...stored, event: "on_foo" }, clock), SyntaxError, "row a: event on_foo");
  assertThrows(() => restoreRow({ ...stored, facts: "{" }, clock), SyntaxError);
  const other = restoreRow({ ...stored, payload: "9.9", admittedBy: "nobody" }, clock);
  assertEquals([other.payload, other.admittedBy], ["full", undefined]);
});
