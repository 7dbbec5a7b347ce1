/**
 * The outbox's worker where the disk was in trouble: what its file holds afterwards.
 *
 * @module
 */
import { OutboxClient } from "../../../hooks/outbox/outbox_client.ts";
import { OutboxDatabase } from "../../../hooks/outbox/outbox_database.ts";
import { type Batch, FIRST_PLACE } from "../../../hooks/outbox/event_table.ts";
import type { OutboxRequest } from "../../../hooks/outbox/outbox_protocol.ts";
import { storeRow } from "../../../hooks/outbox/stored_row.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const CLOCK = new ManualClock();
const NOTHING: Batch = { inserts: [], updates: [], removes: [] };

/** A worker and its open file. */
class TestWorker implements AsyncDisposable {
  readonly path: string;
  readonly #client: OutboxClient;

  private constructor(directory: string) {
    this.path = `${directory}/outbox.db`;
    this.#client = new OutboxClient(directory);
  }

  static async open(directory: string): Promise<TestWorker> {
    const worker = new TestWorker(directory);
    const { path } = worker;
    const own = { service: "one", maxDeadRows: 10, clientIds: 1, addresses: [] };
    await worker.ask({ kind: "open", path, ...own }, "opened");
    return worker;
  }

  async ask(request: OutboxRequest, expected: string): Promise<void> {
    const reply = await this.#client.request(request);
    assertEquals(reply.kind === "failed" ? reply.error : reply.kind, expected);
  }

  async check(options: { adopt: boolean }): Promise<unknown> {
    return await this.#client.request({ kind: "check", ...options });
  }

  async ids(): Promise<string[]> {
    const reply = await this.#client.request({ kind: "rows", after: FIRST_PLACE, limit: 10 });
    return reply.kind === "rows" ? reply.rows.map(({ id }) => id) : [reply.kind];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask({ kind: "close" }, "done");
    this.#client.terminate();
  }
}

Deno.test("OutboxWorker: the same file opened again keeps its rows", async () => {
  await using dir = await temporaryDirectory();
  await using worker = await TestWorker.open(dir.path);
  await worker.ask(
    { kind: "write", batch: { ...NOTHING, inserts: [storeRow(outboxRow("owed"), CLOCK)] } },
    "done",
  );
  await worker.ask({ kind: "reopen" }, "done");
  assertEquals(await worker.ids(), ["owed"]);
});

Deno.test("OutboxWorker: an old copy in the file's place forgets what it says of this process alone", async () => {
  await using dir = await temporaryDirectory();
  await using worker = await TestWorker.open(dir.path);
  await worker.ask(
    { kind: "write", batch: { ...NOTHING, inserts: [storeRow(outboxRow("now"), CLOCK)] } },
    "done",
  );
  const copy = new OutboxDatabase(`${worker.path}.copy`);
  copy.write("one", { ...NOTHING, inserts: [storeRow(outboxRow("then"), CLOCK)] });
  copy.write("two", { ...NOTHING, inserts: [storeRow(outboxRow("other"), CLOCK)] });
  copy.close();
  await Deno.rename(`${worker.path}.copy`, worker.path);
  await worker.ask({ kind: "reopen" }, "done");
  assertEquals(await worker.ids(), []);
  const file = new OutboxDatabase(worker.path);
  assertEquals(file.rows("two", FIRST_PLACE, 10).map(({ id }) => id), ["other"]);
  file.close();
});

Deno.test("OutboxWorker: a check looks for rows where another process has written, or where it is to adopt", async () => {
  await using dir = await temporaryDirectory();
  await using worker = await TestWorker.open(dir.path);
  const nothing = { kind: "checked", present: true, adopted: 0, replayed: 0, forgotten: 0 } as const;
  assertEquals(await worker.check({ adopt: false }), nothing);
  assertEquals(await worker.check({ adopt: true }), { ...nothing, dead: 0 });
  const file = new OutboxDatabase(worker.path);
  const dead = (id: string) => storeRow(outboxRow(id, { state: "dead" }), CLOCK);
  file.write("gone", { ...NOTHING, inserts: [dead("first"), dead("second")] });
  assertEquals(await worker.check({ adopt: false }), { ...nothing, dead: 2 });
  assertEquals(await worker.check({ adopt: false }), nothing);
  // An operator wants one of them again: any process may take it.
  file.replay({ id: "first" }, 1);
  file.close();
  assertEquals(await worker.check({ adopt: false }), { ...nothing, adopted: 1, replayed: 1, dead: 1 });
  assertEquals(await worker.ids(), ["first"]);
});

Deno.test("OutboxWorker: a check says that the file was removed", async () => {
  await using dir = await temporaryDirectory();
  await using worker = await TestWorker.open(dir.path);
  await Deno.remove(worker.path);
  const reply = await worker.check({ adopt: true });
  assertEquals(reply, { kind: "checked", present: false, adopted: 0, replayed: 0, forgotten: 0 });
});
