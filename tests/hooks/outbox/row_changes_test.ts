/**
 * What waits to be written to the outbox file.
 *
 * @module
 */
import type { OutboxRow, RowState } from "../../../hooks/outbox/outbox_row.ts";
import { type ChangePage, RowChanges } from "../../../hooks/outbox/row_changes.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";

const BOUNDS = { maxRows: 3, maxBytes: 1e6 };

function row(id: string, state: RowState = "due", body = "{}"): OutboxRow {
  return outboxRow(id, { state, body });
}

/** Ids that a page inserts, updates and removes. */
function changesOf({ batch: { inserts, updates, removes } }: ChangePage): string[] {
  return [
    ...inserts.map(({ id }) => `+${id}`),
    ...updates.map(({ id }) => `~${id}`),
    ...removes.map((id) => `-${id}`),
  ];
}

/** Take a page, and have it written. */
function write(changes: RowChanges, limit = 100): string[] {
  const page = changes.take(limit);
  changes.wrote(page);
  return changesOf(page);
}

Deno.test("RowChanges: a row is inserted once, then updated, then removed", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const a = row("a", "open");
  changes.save(a);
  changes.save(a);
  assertEquals(write(changes), ["+a"]);
  changes.save(a);
  assertEquals(write(changes), ["~a"]);
  assert(changes.remove(a));
  assertEquals(write(changes), ["-a"]);
  assertEquals(changes.pages(1), 0);
});

Deno.test("RowChanges: what never reached the file needs no removal", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const a = row("a");
  changes.save(a);
  assert(!changes.remove(a));
  assertEquals(changes.pages(1), 0);
});

Deno.test("RowChanges.take() hands rows and removals out by pages, the dead last", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const gone = ["u", "v", "w"].map((id) => row(id));
  for (const each of gone) changes.stored(each);
  changes.save(row("x", "dead"));
  for (const id of ["a", "b", "c", "d"]) changes.save(row(id));
  for (const each of gone) changes.remove(each);
  assertEquals([changes.pages(2), changes.pages(100)], [3, 1]);
  assertEquals(write(changes, 2), ["+a", "+b", "-u", "-v"]);
  assertEquals(write(changes, 2), ["+c", "+d", "-w"]);
  assertEquals(write(changes, 2), ["+x"]);
  assertEquals(changes.pages(1), 0);
});

Deno.test("RowChanges.rewriteAll() has every row written whole, and forgets no removal", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const [a, b, c] = [row("a"), row("b"), row("c")];
  for (const each of [a, b, c]) changes.stored(each);
  changes.remove(c);
  changes.rewriteAll([a, b]);
  assertEquals(write(changes, 1), ["+a", "-c"]);
  // In the file from before, if not as it is.
  assert(changes.remove(b));
  assertEquals(write(changes), ["-b"]);
});

Deno.test("RowChanges.failed() keeps the dead and the removals of a page, and live rows come again", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const [a, dead, gone] = [row("a"), row("dead", "dead"), row("gone")];
  changes.stored(gone);
  changes.save(a);
  changes.save(dead);
  changes.remove(gone);
  changes.failed(changes.take(100), "rolled back");
  assertEquals(write(changes), ["+dead", "-gone"]);
  changes.rewriteAll([a]);
  assertEquals(write(changes), ["+a"]);
});

Deno.test("RowChanges.failed(): what a page that was rolled back would have inserted needs no removal later", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const [fresh, known] = [row("fresh"), row("known")];
  changes.stored(known);
  changes.save(fresh);
  changes.save(known);
  changes.failed(changes.take(100), "rolled back");
  assertEquals([changes.remove(fresh), changes.remove(known)], [false, true]);
});

Deno.test("RowChanges.failed(): a page that may be in the file for all that is known is removed from there", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const fresh = row("fresh");
  changes.save(fresh);
  const page = changes.take(100);
  changes.failed(page, "unknown");
  assert(changes.remove(fresh));
  const leaves = row("leaves");
  changes.save(leaves);
  const other = changes.take(100);
  changes.remove(leaves);
  changes.failed(other, "unknown");
  assertEquals(write(changes), ["-leaves", "-fresh"]);
});

Deno.test("RowChanges: a row that dies while it is being written is written once more", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const a = row("a");
  changes.save(a);
  const page = changes.take(100);
  a.state = "dead";
  changes.save(a);
  changes.wrote(page);
  assertEquals(write(changes), ["~a"]);
});

Deno.test("RowChanges keeps so many dead rows, forgets the oldest also in the file, and counts them", () => {
  const changes = new RowChanges(BOUNDS, new ManualClock());
  const first = row("d0");
  changes.stored(first);
  first.state = "dead";
  changes.save(first);
  for (const id of ["d1", "d2", "d3"]) changes.save(row(id, "dead"));
  changes.failed(changes.take(100), "rolled back");
  changes.save(row("d4", "dead"));
  assertEquals([changes.takeForgotten(), changes.takeForgotten()], [2, 0]);
  assertEquals(write(changes), ["+d2", "+d3", "+d4", "-d0"]);
});

Deno.test("RowChanges bounds dead rows in bytes too", () => {
  const changes = new RowChanges({ maxRows: 100, maxBytes: 10_000 }, new ManualClock());
  for (let i = 0; i < 10; i++) changes.save(row(`d${i}`, "dead", "x".repeat(4000)));
  assertEquals(changes.takeForgotten(), 8);
  assertEquals(write(changes), ["+d8", "+d9"]);
});
