/**
 * Events whose addresses the configuration no longer has: no other address is called than those of today.
 *
 * @module
 */
import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { DatabaseSync } from "node:sqlite";
import { positionOf, webhookId } from "../../../hooks/contract/ids.ts";
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { OutboxError } from "../../../hooks/outbox/outbox_database.ts";
import type { HooksOptions } from "../../../hooks/options.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import {
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  type UrlTable,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const CLOCK = new SystemClock();
const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };
const label = ({ action, path, json }: ReceivedHook) => `${action} ${json.client_id} at ${path}`;

function optionsAt(path: string, urls: UrlTable, vhost = "__defaultVhost__"): HooksOptions {
  return { ...hooksOptions(vhostHooks(urls), { path }), vhosts: new Map([[vhost, vhostHooks(urls)]]) };
}

/** An ending that is due and a session that is open, both of two addresses, as a process leaves them. */
async function leave(path: string, old: HookReceiver): Promise<void> {
  const urls = { on_unpublish: [old.url("/a"), old.url("/b")], on_stop: old.url("/a") };
  old.reply("*", { status: 503 });
  await using tested = await ServiceUnderTest.open(optionsAt(path, urls), SLOW_RETRIES);
  await (await tested.admitted("on_publish", { clientId: 1, stream: "one" })).end(CLIENT_LEFT);
  await tested.admitted("on_publish", { clientId: 2, stream: "two" });
  await old.waitFor("on_unpublish");
}

Deno.test("positionOf() reads what webhookId() wrote", () => {
  for (const index of [0, 7, 12]) {
    assertEquals(positionOf(webhookId("01JD", "on_unpublish", index)), index);
    assertEquals(positionOf(webhookId("01JD", "on_hls", index, 99)), index);
  }
  assertEquals(positionOf("session"), 0);
});

Deno.test("Events of an earlier process go to today's address of their vhost, event and position", async () => {
  await using dir = await temporaryDirectory();
  await using old = await HookReceiver.start();
  await using today = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  await leave(path, old);
  const calls = old.requests.length;
  const options = optionsAt(path, {
    on_unpublish: [today.url("/c"), today.url("/d")],
    on_stop: today.url("/e"),
  });
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  await tested.settle();
  assertEquals(today.requests.map(label).sort(), [
    "on_unpublish 1 at /c",
    "on_unpublish 1 at /d",
    "on_unpublish 2 at /c",
    "on_unpublish 2 at /d",
  ]);
  assertEquals(old.requests.length, calls);
  const line = tested.log.lines.find(({ message }) =>
    message.includes("delivers what an earlier process left")
  );
  assertEquals(line?.fields, { undelivered: 2, cut_off_sessions: 2, readdressed: 4 });
});

Deno.test("An address that is still configured for the event is kept, at whatever position", async () => {
  await using dir = await temporaryDirectory();
  await using old = await HookReceiver.start();
  await using other = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  await leave(path, old);
  old.requests.length = 0;
  old.reply("*", 0);
  // A new first address: what was owed to the others is still theirs, and theirs alone.
  const urls = { on_unpublish: [other.url(), old.url("/a"), old.url("/b")] };
  await using tested = await ServiceUnderTest.open(optionsAt(path, urls), SLOW_RETRIES);
  await tested.settle();
  assertEquals(old.requests.length, 4);
  assertEquals(other.requests, []);
});

Deno.test("Events without an address today are dead, and nothing is called", async () => {
  const changes: readonly ((path: string, url: string) => HooksOptions)[] = [
    (path) => optionsAt(path, {}),
    (path, url) => optionsAt(path, { on_unpublish: [] as string[], on_publish: url }),
    (path, url) => optionsAt(path, { on_unpublish: [url, url] }, "other.example"),
    (path, url) => {
      const vhost = vhostHooks({ on_unpublish: [url, url] }, { enabled: false });
      return { ...hooksOptions(vhost, { path }) };
    },
  ];
  for (const change of changes) {
    await using dir = await temporaryDirectory();
    await using old = await HookReceiver.start();
    const path = `${dir.path}/outbox.db`;
    await leave(path, old);
    const calls = old.requests.length;
    await using tested = await ServiceUnderTest.open(change(path, old.url("/new")), SLOW_RETRIES);
    await tested.settle();
    assertEquals(old.requests.length, calls);
    const { open, undelivered, dead } = tested.service.snapshot().outbox;
    assertEquals({ open, undelivered, dead }, { open: 0, undelivered: 0, dead: 4 });
    const line = tested.log.lines.find(({ message }) => message.includes("moved events without an address"));
    assertEquals([line?.level, line?.fields.count], ["error", 4]);
    using admin = OutboxAdmin.open(path, CLOCK);
    const causes = admin.list("dead", 9).map(({ cause, body }) => [cause, JSON.parse(body).action]);
    assertEquals(causes, Array.from({ length: 4 }, () => ["no longer configured", "on_unpublish"]));
  }
});

Deno.test("A position that is gone moves its events to the dead letters, the others are delivered", async () => {
  await using dir = await temporaryDirectory();
  await using old = await HookReceiver.start();
  await using today = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  await leave(path, old);
  await using tested = await ServiceUnderTest.open(
    optionsAt(path, { on_unpublish: today.url("/c") }),
    SLOW_RETRIES,
  );
  await tested.settle();
  assertEquals(today.requests.map(label).sort(), ["on_unpublish 1 at /c", "on_unpublish 2 at /c"]);
  assertEquals(tested.service.snapshot().outbox.dead, 2);
});

Deno.test("OutboxAdmin replays to another address that is configured, and drops, while a server runs", async () => {
  await using dir = await temporaryDirectory();
  await using old = await HookReceiver.start();
  await using today = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  await leave(path, old);
  const options = optionsAt(
    path,
    { on_unpublish: today.url("/other"), on_play: today.url("/play") },
    "other.example",
  );
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  await tested.settle();
  using admin = OutboxAdmin.open(path, CLOCK);
  const dead = admin.list("dead", 9);
  assertEquals(dead.length, 4);
  const [first, second] = dead;
  assert(first !== undefined && second !== undefined);

  // As it was: there is still no address.
  assertEquals(admin.replay(first.id), 1);
  await tested.log.waitFor("moved events without an address", 2);
  while (admin.counts().dead < 4) await new Promise((go) => setTimeout(go, 10));
  let refusal = "";
  try {
    admin.replayTo(first.id, today.url("/play"), options.vhosts);
  } catch (error) {
    if (error instanceof OutboxError) refusal = error.message;
  }
  assertStringIncludes(refusal, "no vhost has this address for on_unpublish");

  assertEquals(admin.replayTo(first.id, today.url("/other"), options.vhosts), 1);
  await today.waitFor("on_unpublish");
  assertEquals(admin.drop(second.id), 1);
  assertEquals(admin.drop(second.id), 0);
  assertEquals(admin.replayTo(undefined, today.url("/other"), options.vhosts), 2);
  await today.waitFor("on_unpublish", 3);
  // What was delivered leaves the file soon after.
  while (admin.counts().due > 0) await new Promise((go) => setTimeout(go, 10));
  assertEquals(admin.counts(), { asked: 0, open: 0, due: 0, dead: 0 });
  const ids = today.requests.map(({ headers }) => headers["webhook-id"]);
  assertEquals(ids.sort(), dead.map(({ id }) => id).filter((id) => id !== second.id).sort());
  assertEquals(new Set(today.requests.map(({ path }) => path)), new Set(["/other"]));
  // The server notices by itself that the list is empty.
  while (tested.service.snapshot().outbox.dead > 0) await new Promise((go) => setTimeout(go, 10));
});

Deno.test("An address that an operator chose holds over a restart, its own vhost's is preferred", async () => {
  await using dir = await temporaryDirectory();
  await using old = await HookReceiver.start();
  await using today = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  await leave(path, old);
  const urls = { on_unpublish: today.url("/x") };
  {
    await using tested = await ServiceUnderTest.open(optionsAt(path, {}), SLOW_RETRIES);
    await tested.settle();
  }
  using admin = OutboxAdmin.open(path, CLOCK);
  const both = { ...optionsAt(path, urls), vhosts: new Map([["other.example", vhostHooks(urls)]]) };
  assertEquals(admin.replayTo(undefined, today.url("/x"), both.vhosts), 4);
  today.reply("*", { status: 503 });
  {
    await using tested = await ServiceUnderTest.open(both, SLOW_RETRIES);
    await today.waitFor("on_unpublish");
    await tested.service.drain(5000);
  }
  today.requests.length = 0;
  today.reply("*", 0);
  await using tested = await ServiceUnderTest.open(both, SLOW_RETRIES);
  await tested.settle();
  assertEquals(today.requests.length, 4);
  assertEquals(tested.service.snapshot().outbox.dead, 0);
});

Deno.test("OutboxAdmin.list() says what an event waits for", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  receiver.reply("*", { status: 503 });
  const path = `${dir.path}/outbox.db`;
  const options = optionsAt(path, { on_stop: receiver.url(), on_close: receiver.url() });
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  const connection = await tested.admitted("on_connect");
  await (await tested.admitted("on_play")).end(CLIENT_LEFT);
  await connection.end(CLIENT_LEFT);
  await receiver.waitFor("on_stop");
  await tested.log.waitFor("Hook called event=on_stop verdict=retry");
  await tested.admitted("on_play", { clientId: 9 });
  using admin = OutboxAdmin.open(path, CLOCK);
  for (;;) {
    const [stop, close] = admin.list("due", 9);
    if (stop?.nextAt === undefined) {
      await new Promise((go) => setTimeout(go, 10));
      continue;
    }
    assert(stop.nextAt > Date.now());
    assertEquals([stop.after, close?.nextAt, close?.after], [undefined, undefined, stop.id]);
    break;
  }
});

Deno.test("An outbox that version 0.1 wrote is opened, and its events go to today's addresses", async () => {
  await using dir = await temporaryDirectory();
  await using today = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  const db = new DatabaseSync(path);
  db.exec(await Deno.readTextFile(new URL("../outbox/outbox_0.1.sql", import.meta.url)));
  db.close();
  const urls = { on_unpublish: [today.url("/a"), today.url("/b")], on_close: today.url("/close") };
  const options = optionsAt(path, urls);
  await using tested = await ServiceUnderTest.open(options);
  assert(tested.service.clientIds.next() > 1000);
  await tested.settle();
  assertEquals(today.requests.map(label).sort(), [
    "on_unpublish 4 at /a",
    "on_unpublish 4 at /b",
    "on_unpublish 5 at /a",
    "on_unpublish 5 at /b",
  ]);
  using admin = OutboxAdmin.open(path, CLOCK);
  assertEquals(admin.replayTo(undefined, today.url("/close"), options.vhosts), 1);
  const [close] = await today.waitFor("on_close");
  assertEquals([close?.path, close?.json.client_id], ["/close", 6]);
});
