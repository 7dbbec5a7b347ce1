import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { SystemClock } from "../../../system/mod.ts";
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { OutboxError } from "../../../hooks/outbox/outbox_database.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
  assertStringIncludes,
} from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { startScript } from "../../support/hooks/hook_process.ts";

const label = (request: ReceivedHook) => `${request.action} ${request.json.client_id}`;

Deno.test("The outbox file is made for its owner only, and only where it is needed", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using _none = await ServiceUnderTest.open(hooksOptions(vhostHooks({}), { path }));
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  const some = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path });
  await using _some = await ServiceUnderTest.open(some);
  for (const entry of Deno.readDirSync(dir.path)) {
    assertEquals((Deno.statSync(`${dir.path}/${entry.name}`).mode ?? 0) & 0o777, 0o600, entry.name);
  }
});

Deno.test("A file that is something else is a clear error at the start where the outbox is required", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await Deno.writeTextFile(
    path,
    "this is not a database, but it is long enough to be read as one".repeat(50),
  );
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path, required: true });
  const error = await assertRejects(() => ServiceUnderTest.open(options), OutboxError);
  assertStringIncludes(error.message, path);
  assertStringIncludes(error.message, "not a database");
  assertStringIncludes(error.message, "hooks.outbox.path");
});

Deno.test("A directory that cannot be made is a clear error at the start", async () => {
  await using dir = await temporaryDirectory();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const path = `${dir.path}/file/outbox.db`;
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path, required: true });
  await assertRejects(() => ServiceUnderTest.open(options), OutboxError, `${dir.path}/file`);
});

Deno.test("A client id comes once, also where the outbox file was removed meanwhile", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  const given: number[] = [];
  {
    await using tested = await ServiceUnderTest.open(options);
    for (let i = 0; i < 100; i++) given.push(tested.service.clientIds.next());
    await Deno.remove(path);
    await tested.log.waitFor("written again");
    for (let i = 0; i < 5000; i++) {
      given.push(tested.service.clientIds.next());
      // The worker has its turn.
      if (i % 500 === 0) await tested.request("on_connect", { clientId: i });
    }
    await tested.request("on_connect");
  }
  await using next = await ServiceUnderTest.open(options);
  assertEquals(new Set(given).size, given.length);
  assertGreater(next.service.clientIds.next(), Math.max(...given));
});

Deno.test("A new process goes on a thousand client ids after the one before", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path: `${dir.path}/outbox.db` });
  const first: number[] = [];
  for (let i = 0; i < 3; i++) {
    await using tested = await ServiceUnderTest.open(options);
    first.push(tested.service.clientIds.next());
  }
  assertEquals(first, [1, 1001, 2001]);
});

Deno.test("An outbox that cannot grow raises an alarm, and everybody is served from memory", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  // Files of this process end at 400 KiB; without the trap the system would end the process itself.
  const child = startScript("trap '' XFSZ; ulimit -f 800", [receiver.url(), `${dir.path}/outbox.db`, "300"]);
  const lines = await child.said("open");
  assert(lines.includes("outbox alarm"));
  assertEquals(lines.filter((line) => line.startsWith("client ")).length, 300);
  await child.kill();
  assertEquals(receiver.requests.length, 600);
});

Deno.test("What is on a disk that cannot grow stays there while the outbox tries again, and the next start delivers it", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  const child = startScript("trap '' XFSZ; ulimit -f 800", [receiver.url(), path, "300"]);
  assert((await child.said("checkpointed")).includes("outbox alarm"));
  await child.kill();
  using admin = OutboxAdmin.open(path, new SystemClock());
  const { asked, open } = admin.counts();
  assertGreater(asked + open, 100);
  receiver.requests.length = 0;
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  await using tested = await ServiceUnderTest.open(options);
  await receiver.waitFor((request) => "reason" in request.json, asked + open);
  await tested.settle();
  assertEquals(receiver.requests.length, asked + open);
});

Deno.test("OutboxAdmin shows what is owed and replays dead events while a server runs", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", { status: 404 });
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url())), { path }),
  );
  await (await tested.admitted("on_play", { clientId: 7 })).end(CLIENT_LEFT);
  await (await tested.admitted("on_play", { clientId: 8 })).end(CLIENT_LEFT);
  await tested.log.waitFor("Hook event moved to the dead letters", 2);
  await tested.settle();
  using admin = OutboxAdmin.open(path, new SystemClock());
  const dead = admin.list("dead", 10);
  assertEquals(dead.map(({ event, clientId, cause }) => ({ event, clientId, cause })), [
    { event: "on_stop", clientId: 7, cause: "status 404" },
    { event: "on_stop", clientId: 8, cause: "status 404" },
  ]);
  assertEquals(tested.service.snapshot().outbox.dead, 2);
  receiver.reply("on_stop", 0);
  assertEquals(admin.replay("no such id"), 0);
  assertEquals(admin.replay(dead[1]?.id), 1);
  await receiver.waitFor("on_stop", 3);
  assertEquals(admin.replay(undefined), 1);
  await receiver.waitFor("on_stop", 4);
  await tested.settle();
  const stops = receiver.requests.filter((request) => request.action === "on_stop");
  assertEquals(stops.map(label), ["on_stop 7", "on_stop 8", "on_stop 8", "on_stop 7"]);
  assertEquals(new Set(stops.map((stop) => stop.headers["webhook-id"])).size, 2);
  assertEquals(admin.counts().dead, 0);
});

Deno.test("OutboxAdmin.open() says what is missing", async () => {
  await using dir = await temporaryDirectory();
  let message = "";
  try {
    OutboxAdmin.open(`${dir.path}/none.db`, new SystemClock());
  } catch (error) {
    if (error instanceof OutboxError) message = error.message;
  }
  assertStringIncludes(
    message,
    "no server with hooks has made it there. Run this in the directory where the server was started",
  );
});
