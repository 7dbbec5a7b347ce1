/** The catalogue of recordings, over the ends of processes. */
import { DatabaseSync } from "node:sqlite";
import { RecordCatalogue } from "../../../stream/record/record_catalogue.ts";
import type { RecordingQuery, StartedRecording } from "../../../core/mod.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

function recording(number: number, stream = "cam"): StartedRecording {
  const name = { vhost: "__defaultVhost__", app: "live", stream };
  return {
    id: `rec-${number}`,
    number,
    clientId: 4,
    ...name,
    file: `rec/${number}.flv.tmp`,
    root: "rec",
    startMs: number,
  };
}

function notes(facts: string): { readonly facts: string; readonly sessionId: string } {
  return { facts, sessionId: `s-${facts}` };
}

Deno.test("a finished recording is listed with what is known of it, the newest first", async () => {
  await using directory = await temporaryDirectory();
  const catalogue = RecordCatalogue.open(`${directory.path}/c.db`, "a");
  for (const number of [1, 2, 3]) catalogue.started(recording(number, `cam${number % 2}`), notes("facts"));
  const whole = {
    ...recording(2),
    file: "rec/2.flv",
    durationMs: 1500.5,
    bytes: 1000,
    reason: "disk",
  } as const;
  catalogue.finished(whole);
  catalogue.remove("rec-3");
  assertEquals(catalogue.get("rec-2"), { ...whole, stream: "cam0", sessionId: "s-facts", facts: "" });
  assertEquals(catalogue.list({ start: 0, count: 10 }).entries.map(({ id }) => id), ["rec-2", "rec-1"]);
  assertEquals(catalogue.list({ start: 1, count: 1 }).entries.map(({ id }) => id), ["rec-1"]);
  assertEquals(catalogue.list({ stream: "cam1", start: 0, count: 10 }).total, 1);
  catalogue.close();
});

Deno.test("unfinished recordings of a process that is gone are adopted once, those of a living one are not", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/c.db`;
  const gone = RecordCatalogue.open(path, "gone");
  gone.started(recording(1), notes("its facts"));
  gone.started(recording(2), notes(""));
  gone.finished({ ...recording(2), durationMs: 1, bytes: 1, reason: "client" });
  const living = RecordCatalogue.open(path, "living");
  living.started(recording(3), notes(""));
  gone.close();
  const next = RecordCatalogue.open(path, "next");
  assertEquals(next.adopt().map(({ id, facts }) => [id, facts]), [["rec-1", "its facts"]]);
  assertEquals(next.adopt(), []);
  assertEquals([...Deno.readDirSync(directory.path)].filter(({ name }) => name.includes("gone")), []);
  assertEquals(living.adopt(), []);
  living.close();
  next.close();
});

Deno.test("beyond() gives the oldest whole files that are too old or too many, of one vhost", async () => {
  await using directory = await temporaryDirectory();
  const catalogue = RecordCatalogue.open(`${directory.path}/c.db`, "a");
  for (const number of [1, 2, 3, 4, 5]) {
    const vhost = number === 1 ? "other" : "v";
    const one = { ...recording(number), vhost, startMs: 1000 * number };
    catalogue.started(one, notes(""));
    if (number < 5) catalogue.finished({ ...one, durationMs: 500, bytes: 10, reason: "client" });
  }
  const ids = (endedBeforeMs: number, maxBytes: number, count = 10) =>
    catalogue.beyond({ vhost: "v", endedBeforeMs, maxBytes, count }).map(({ id }) => id);
  assertEquals(ids(0, 30), []);
  assertEquals(ids(0, 29), ["rec-2"]);
  assertEquals(ids(3501, 1000), ["rec-2", "rec-3"]);
  assertEquals(ids(3500, 1000), ["rec-2"]);
  assertEquals(ids(9000, 0, 2), ["rec-2", "rec-3"]);
  catalogue.close();
});

Deno.test("a stalled recording that was reported is adopted without its facts", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/c.db`;
  const gone = RecordCatalogue.open(path, "gone");
  gone.started(recording(1), notes("its facts"));
  gone.reported("rec-1");
  gone.close();
  const next = RecordCatalogue.open(path, "next");
  assertEquals(next.adopt().map(({ id, facts }) => [id, facts]), [["rec-1", ""]]);
  next.close();
});

Deno.test("a recording whose file was taken away is forgotten when another one gets the name", async () => {
  await using directory = await temporaryDirectory();
  const catalogue = RecordCatalogue.open(`${directory.path}/c.db`, "a");
  const file = "rec/cam.flv";
  for (const number of [1, 2]) {
    const one = { ...recording(number), file: `${file}.tmp`, startMs: number };
    catalogue.started(one, notes(""));
    // Already now: the file gets its name before the catalogue learns of it.
    assertEquals(catalogue.list({ start: 0, count: 10 }).total, 1);
    catalogue.finished({ ...one, file, durationMs: 1, bytes: 10, reason: "client" });
  }
  // Of those whose duration is in their names, the name is known at the end.
  catalogue.started({ ...recording(5), startMs: 5 }, notes(""));
  catalogue.finished({ ...recording(5), file, startMs: 5, durationMs: 1, bytes: 10, reason: "client" });
  assertEquals(catalogue.list({ start: 0, count: 10 }).entries.map(({ id }) => id), ["rec-5"]);
  // Of these nobody knows what became of the first one.
  for (const number of [3, 4]) {
    catalogue.started({ ...recording(number), file: `${file}.tmp`, startMs: number }, notes(""));
  }
  const running = catalogue.list({ start: 0, count: 10, running: true });
  assertEquals(running.entries.map(({ id }) => id), ["rec-4"]);
  catalogue.close();
});

Deno.test("beyond() gives the same whatever is asked for first: all that is too old, and the oldest of too many", async () => {
  await using directory = await temporaryDirectory();
  const catalogue = RecordCatalogue.open(`${directory.path}/c.db`, "a");
  const rows = Array.from({ length: 40 }, (_, i) => {
    const number = i + 1;
    const facts = { durationMs: (number * 7 % 11) * 300, bytes: number * 13 % 17 };
    return { ...recording(number), vhost: "v", startMs: 1000 * number, ...facts };
  });
  for (const row of rows) {
    catalogue.started(row, notes(""));
    catalogue.finished({ ...row, file: `${row.id}.flv`, reason: "client" });
  }
  for (const maxBytes of [0, 25, 100, 1000]) {
    for (const endedBeforeMs of [0, 9000, 30_500, 60_000]) {
      let newer = 0;
      const expected = rows.toReversed().filter(({ bytes, startMs, durationMs }) => {
        newer += bytes;
        return newer > maxBytes || startMs + durationMs < endedBeforeMs;
      }).reverse().map(({ id }) => id);
      for (const count of [5, 100]) {
        const found = catalogue.beyond({ vhost: "v", endedBeforeMs, maxBytes, count }).map(({ id }) => id);
        assertEquals(found, expected.slice(0, count), `${maxBytes} ${endedBeforeMs} ${count}`);
      }
    }
  }
  const page = { start: 0, count: 2 };
  const ids = (query: Partial<RecordingQuery>) =>
    catalogue.list({ ...page, ...query }).entries.map(({ id }) => id);
  catalogue.started({ ...recording(50), startMs: 1500 }, notes(""));
  assertEquals(ids({ running: true }), ["rec-50"]);
  assertEquals([ids({ running: true, stream: "x" }), ids({ running: true, untilMs: 1400 })], [[], []]);
  assertEquals(ids({ running: true, stream: "cam", app: "live", untilMs: 1500 }), ["rec-50"]);
  assertEquals(ids({ running: false, vhost: "v", untilMs: 2000 }), ["rec-2", "rec-1"]);
  assertEquals(ids({}), ["rec-40", "rec-39"]);
  catalogue.close();
});

Deno.test("a catalogue of a version that knew no root is read: its files do not leave their own folders", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/c.db`;
  const before = new DatabaseSync(path);
  before.exec(`CREATE TABLE recordings (
    id TEXT PRIMARY KEY, number INTEGER, client_id INTEGER, vhost TEXT, app TEXT, stream TEXT, file TEXT,
    start_ms INTEGER, duration_ms REAL, bytes INTEGER, reason TEXT, facts TEXT, owner TEXT,
    session_id TEXT NOT NULL DEFAULT ''
  ) STRICT;
  INSERT INTO recordings VALUES ('rec-1', 0, 4, 'v', 'live', 'cam', './rec/live/1.flv', 5, 1, 10, 'client', '', 'a', 's');
  PRAGMA user_version = 2`);
  before.close();
  const catalogue = RecordCatalogue.open(path, "b");
  catalogue.started(recording(2), notes(""));
  const roots = catalogue.list({ start: 0, count: 10 }).entries.map(({ id, root }) => [id, root]);
  assertEquals(roots, [["rec-1", "./rec/live"], ["rec-2", "rec"]]);
  catalogue.close();
  RecordCatalogue.open(path, "c").close();
});

Deno.test("a catalogue that cannot be brought up to date stays as it was", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/c.db`;
  const before = new DatabaseSync(path);
  before.exec("CREATE TABLE recordings (id TEXT PRIMARY KEY, root TEXT) STRICT; PRAGMA user_version = 1");
  before.close();
  assertThrows(() => RecordCatalogue.open(path, "b"), Error, "duplicate column name: root");
  const after = new DatabaseSync(path);
  assertEquals(after.prepare("SELECT name FROM pragma_table_info('recordings')").all().length, 2);
  after.close();
});
