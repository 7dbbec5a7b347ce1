/**
 * The outbox file by itself: whose rows are whose, in which order they come, and what it costs to look.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { OutboxDatabase } from "../../../hooks/outbox/outbox_database.ts";
import { FIRST_PLACE, type StoredRow } from "../../../hooks/outbox/event_table.ts";
import { assert, assertEquals } from "../../support/assert.ts";

type Changes = Partial<StoredRow> & Pick<StoredRow, "id">;

function row(changes: Changes): StoredRow {
  return {
    ...{ state: "due", seq: 1, event: "on_unpublish", url: "http://127.0.0.1/", payload: "full", lane: "l" },
    ...{
      admittedBy: "",
      dueAt: 1,
      facts: "{}",
      streams: "[]",
      body: "{}",
      attempts: 0,
      nextAt: 0,
      cause: "",
    },
    ...{ sendBytes: 0, recvBytes: 0, checkpointAt: 0 },
    ...changes,
  };
}

/** Runs with a new file, which is removed afterwards. */
async function withFile(run: (db: OutboxDatabase, path: string) => void): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-outbox-" });
  const path = `${directory}/outbox.db`;
  const db = new OutboxDatabase(path);
  try {
    run(db, path);
  } finally {
    db.close();
    await Deno.remove(directory, { recursive: true });
  }
}

function insert(db: OutboxDatabase, service: string, ...rows: Changes[]): void {
  db.write(service, { inserts: rows.map(row), updates: [], removes: [] });
}

const ids = (rows: readonly StoredRow[]): string[] => rows.map(({ id }) => id);

Deno.test("OutboxDatabase gives a process's rows page by page in their order", () =>
  withFile((db) => {
    insert(db, "one", { id: "c", seq: 2 }, { id: "a", seq: 3 }, { id: "b", seq: 2 }, { id: "d", seq: 4 });
    insert(db, "two", { id: "e", seq: 1 });
    const page = db.rows("one", FIRST_PLACE, 2);
    assertEquals(ids(page), ["b", "c"]);
    assertEquals(ids(db.rows("one", page.at(-1) ?? FIRST_PLACE, 2)), ["a", "d"]);
    assertEquals(ids(db.adoptRows("one", "two")), ["b", "c", "a", "d"]);
    assertEquals(ids(db.rows("two", FIRST_PLACE, 9)), ["e", "b", "c", "a", "d"]);
  }));

Deno.test("OutboxDatabase's dead rows are no process's, and come back for any", () =>
  withFile((db) => {
    insert(db, "one", { id: "born dead", state: "dead", seq: 1 }, { id: "dies", seq: 2 });
    assertEquals(db.services(), ["one"]);
    db.write("one", {
      inserts: [],
      updates: [{ ...row({ id: "dies", state: "dead", seq: 2 }), body: null }],
      removes: [],
    });
    assertEquals([db.services(), db.countDead()], [[], 2]);
    db.wipe("one");
    assertEquals(db.counts(), { asked: 0, open: 0, due: 0, dead: 2 });
    assertEquals(db.replay({ id: "dies" }, 9), 1);
    assertEquals(db.services(), [""]);
    assertEquals(ids(db.adoptRows("", "three")), ["dies"]);
    assertEquals([db.trimDead(1), db.trimDead(0), db.countDead()], [0, 1, 0]);
  }));

Deno.test("OutboxDatabase reads no row to find processes, dead rows or the next page", () =>
  withFile((_, path) => {
    // The plans of the queries that are repeated while the server runs, or over a million rows.
    const db = new DatabaseSync(path);
    const questions = [
      "SELECT min(service) FROM event WHERE service > ''",
      "SELECT count(*) FROM event WHERE service = '-'",
      "SELECT * FROM event WHERE service = 'a' AND (seq, id) > (1, 'a') ORDER BY seq, id LIMIT 5",
    ];
    for (const question of questions) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${question}`).all().map(({ detail }) => String(detail))
        .join();
      assert(/SEARCH event USING (COVERING )?INDEX event_order/.test(plan), plan);
      assert(!/SCAN|TEMP B-TREE/.test(plan), plan);
    }
    db.close();
  }));
