/**
 * What version 0.1.0 has left, under this version: its outbox, its server id and its configuration. And what this
 * version writes is what 0.1.0 can read: docs/DEPLOYMENT.md has the policy.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { QUIET_TOML, runSrs, ServerProcess } from "../support/process/server_process.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const OLD_ID = "vid-29d594u";

function oldFile(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`version_0_1/${name}`, import.meta.url));
}

/** The outbox of 0.1.0 at `path`, owed to `url` since now. */
async function writeOldOutbox(path: string, url: string): Promise<void> {
  using db = new DatabaseSync(path);
  db.exec((await oldFile("outbox.sql")).replaceAll("{url}", url));
  db.prepare("UPDATE event SET due_at = ?, next_at = 0").run(Date.now());
}

/** Names of columns, in their order. */
function columnsOf(db: DatabaseSync): readonly unknown[] {
  return db.prepare("SELECT name, type, \"notnull\", pk FROM pragma_table_info('event')").all().map((
    row,
  ) => ({ ...row }));
}

function rowsOf(db: DatabaseSync): readonly Readonly<Record<string, unknown>>[] {
  return db.prepare("SELECT * FROM event ORDER BY seq").all();
}

Deno.test("this version delivers what 0.1.0 has left, goes on with its numbers and has its id", async () => {
  await using directory = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  await Deno.mkdir(`${directory.path}/objs`);
  await writeOldOutbox(`${directory.path}/objs/srs.outbox.db`, receiver.url());
  await Deno.writeTextFile(`${directory.path}/objs/srs.server_id`, `${OLD_ID}\n`);
  const toml = `${QUIET_TOML.replace('path = ""', "")}
[vhost.__defaultVhost__.http_hooks]
enabled = true
on_publish = "${receiver.url()}"
on_unpublish = "${receiver.url()}"
`;
  const server = await ServerProcess.start({ toml, directory: directory.path });
  try {
    const endings = await receiver.waitFor("on_unpublish", 2);
    const facts = endings.map((
      { json },
    ) => [json["stream"], json["client_id"], json["reason"], json["server_id"]]);
    assertEquals(facts.sort(), [["one", 2, "server_restart", OLD_ID], ["two", 1, "client", OLD_ID]]);
    await using publisher = await RtmpTestClient.connect({ port: server.port });
    await publisher.publish("three");
    const [start] = await receiver.waitFor("on_publish");
    assertEquals(start?.json["server_id"], OLD_ID);
    assert(Number(start?.json["client_id"]) > 1000, "0.1.0 had reserved numbers up to there");
    // Killed with an open publish: what this version leaves.
    await server.kill();
  } finally {
    await server[Symbol.asyncDispose]();
  }
  await writeOldOutbox(`${directory.path}/old.db`, receiver.url());
  using old = new DatabaseSync(`${directory.path}/old.db`);
  using current = new DatabaseSync(`${directory.path}/objs/srs.outbox.db`);
  assertEquals(columnsOf(current), columnsOf(old));
  assertEquals(current.prepare("PRAGMA user_version").get(), old.prepare("PRAGMA user_version").get());
  const [left] = rowsOf(current);
  const [before] = rowsOf(old);
  assert(["asked", "open"].includes(String(left?.["state"])));
  assertEquals(left?.["payload"], before?.["payload"]);
  const [now, then] = [left, before].map((row) => Object.keys(JSON.parse(String(row?.["facts"]))));
  assertEquals(then?.filter((name) => !now?.includes(name)), []);
});

Deno.test("every key of 0.1.0 is valid, and means what it meant", async () => {
  const files = { "srs.toml": await oldFile("srs.toml") };
  const { code, stderr } = await runSrs(["config", "check", "srs.toml"], files);
  assertEquals([code, stderr], [0, ""]);
  const { stdout } = await runSrs(["config", "print", "srs.toml"], files);
  assertMatch(stdout, /^grace_final_wait = 3200/m);
});
