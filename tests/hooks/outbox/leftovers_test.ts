/**
 * What a server takes over from an outbox file that it cannot write.
 *
 * @module
 */
import { FIRST_PLACE } from "../../../hooks/outbox/event_table.ts";
import { Leftovers } from "../../../hooks/outbox/leftovers.ts";
import { OutboxDatabase } from "../../../hooks/outbox/outbox_database.ts";
import { storeRow } from "../../../hooks/outbox/stored_row.ts";
import { ProcessLock } from "../../../system/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

/** A file with rows of services that no process has locked. */
function writeFile(path: string, services: Readonly<Record<string, readonly string[]>>): void {
  const db = new OutboxDatabase(path);
  for (const [service, ids] of Object.entries(services)) {
    const inserts = ids.map((id, seq) => storeRow(outboxRow(id, { seq, dueAt: 0 }), new ManualClock()));
    db.write(service, { inserts, updates: [], removes: [] });
  }
  db.close();
}

const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

Deno.test("Leftovers.read() has the rows of processes that are gone, in their order, and the next client id", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/outbox.db`;
  writeFile(path, { two: ["c"], one: ["a", "b"], alive: ["d"] });
  const db = new OutboxDatabase(path);
  db.reserveClientIds(500, 1);
  db.close();
  const alive = ProcessLock.try(path, "alive");
  const leftovers = Leftovers.read(path);
  assertEquals([ids(leftovers.rows), leftovers.nextClientId], [["a", "b", "c"], 501]);
  leftovers.release();
  alive?.release();
});

Deno.test("Leftovers keep others from their rows until they are handed over", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/outbox.db`;
  writeFile(path, { one: ["a"], two: ["b"], "": ["anyone's"], "-": ["dead"] });
  const leftovers = Leftovers.read(path);
  assertEquals([ProcessLock.try(path, "one"), Leftovers.read(path).rows], [undefined, []]);
  const db = new OutboxDatabase(path);
  leftovers.handOver(db, "mine");
  assertEquals(ids(db.rows("mine", FIRST_PLACE, 9)).toSorted(), ["a", "b"]);
  assertEquals(db.services(), ["", "mine"]);
  db.close();
  const lock = ProcessLock.try(path, "one");
  assert(lock !== undefined);
  lock.release();
});

Deno.test("Leftovers.read() finds nothing in a file that is empty, missing, or of another kind", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/outbox.db`;
  const nothing = () => {
    const { rows, nextClientId } = Leftovers.read(path);
    assertEquals([rows, nextClientId], [[], 1]);
  };
  nothing();
  await Deno.writeTextFile(path, "");
  nothing();
  assertEquals((await Deno.stat(path)).size, 0);
  await Deno.writeTextFile(path, "Not a database, but long enough to be taken for one.".repeat(50));
  nothing();
});
