/**
 * What waits to be written to the outbox file.
 *
 * @module
 */
import type { OutboxRow, RowState } from "../../hooks/outbox_row.ts";
import { RowChanges } from "../../hooks/row_changes.ts";
import { assert, assertEquals } from "../support/assert.ts";

const BOUNDS = { maxRows: 3, maxBytes: 1e6 };

function row(id: string, state: RowState = "due", body = "{}"): OutboxRow {
  return {
    id,
    event: "on_stop",
    url: "http://127.0.0.1/",
    payload: "full",
    lane: "s:1",
    admittedBy: undefined,
    state,
    seq: 1,
    dueAt: 1,
    facts: {
      sessionId: "session",
      serverId: "server",
      serviceId: "service",
      startedAt: 1,
      clientId: 1,
      ip: "127.0.0.1",
      vhost: "v",
      app: "live",
      tcUrl: "",
      pageUrl: "",
      protocol: "rtmp",
    },
    streamKeys: [],
    body,
    attempts: 0,
    nextAt: 0,
    cause: "",
    sendBytes: 0,
    recvBytes: 0,
    checkpointAt: 0,
    pending: undefined,
  };
}

/** Ids that a page inserts, updates and removes. */
function take(changes: RowChanges, limit = 100): string[] {
  const { inserts, updates, removes } = changes.take(limit).batch;
  return [
    ...inserts.map(({ id }) => `+${id}`),
    ...updates.map(({ id }) => `~${id}`),
    ...removes.map((id) => `-${id}`),
  ];
}

Deno.test("RowChanges: a row is inserted once, then updated, then removed", () => {
  const changes = new RowChanges(BOUNDS);
  const a = row("a", "open");
  changes.save(a);
  changes.save(a);
  assertEquals(take(changes), ["+a"]);
  changes.save(a);
  assertEquals(take(changes), ["~a"]);
  assert(changes.remove(a));
  assertEquals(take(changes), ["-a"]);
  assert(changes.isEmpty);
});

Deno.test("RowChanges: what never reached the file needs no removal", () => {
  const changes = new RowChanges(BOUNDS);
  const a = row("a");
  changes.save(a);
  assert(!changes.remove(a));
  assert(changes.isEmpty);
});

Deno.test("RowChanges.take() hands rows out by pages, removals with the first", () => {
  const changes = new RowChanges(BOUNDS);
  const gone = row("gone");
  changes.stored(gone);
  for (const id of ["a", "b", "c", "d", "e"]) changes.save(row(id));
  changes.save(row("x", "dead"));
  changes.remove(gone);
  assertEquals(changes.rows, 6);
  assertEquals(take(changes, 2), ["+x", "+a", "-gone"]);
  assertEquals(take(changes, 2), ["+b", "+c"]);
  assertEquals(take(changes, 2), ["+d", "+e"]);
  assert(changes.isEmpty);
});

Deno.test("RowChanges.startAnew() has every row written whole, and forgets no removal", () => {
  const changes = new RowChanges(BOUNDS);
  const [a, b, c] = [row("a"), row("b"), row("c")];
  for (const each of [a, b, c]) changes.stored(each);
  changes.remove(c);
  changes.startAnew([a, b]);
  assertEquals(take(changes, 1), ["+a", "-c"]);
  // In the file from before, if not as it is.
  assert(changes.remove(b));
  assertEquals(take(changes), ["-b"]);
});

Deno.test("RowChanges.putBack() keeps the dead and the removals of a page that could not be written", () => {
  const changes = new RowChanges(BOUNDS);
  const [a, dead, gone] = [row("a"), row("dead", "dead"), row("gone")];
  changes.stored(gone);
  changes.save(a);
  changes.save(dead);
  changes.remove(gone);
  changes.putBack(changes.take(100));
  assertEquals(take(changes), ["+dead", "-gone"]);
  changes.startAnew([a]);
  assertEquals(take(changes), ["+a"]);
});

Deno.test("RowChanges keeps so many dead rows, forgets the oldest also in the file, and counts them", () => {
  const changes = new RowChanges(BOUNDS);
  const first = row("d0");
  changes.stored(first);
  first.state = "dead";
  changes.save(first);
  for (const id of ["d1", "d2", "d3", "d4"]) changes.save(row(id, "dead"));
  assertEquals([changes.takeForgotten(), changes.takeForgotten()], [2, 0]);
  assertEquals(take(changes), ["+d2", "+d3", "+d4", "-d0", "-d1"]);
});

Deno.test("RowChanges bounds dead rows in bytes too", () => {
  const changes = new RowChanges({ maxRows: 100, maxBytes: 10_000 });
  for (let i = 0; i < 10; i++) changes.save(row(`d${i}`, "dead", "x".repeat(4000)));
  assertEquals(changes.takeForgotten(), 8);
  assertEquals(take(changes).filter((change) => change.startsWith("+")), ["+d8", "+d9"]);
});
