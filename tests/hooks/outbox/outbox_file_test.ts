/**
 * An outbox whose file is removed, or has more rows than one message takes.
 *
 * @module
 */
import { SystemClock } from "../../../system/mod.ts";
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { assertEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const COUNT = 1200;

Deno.test("An outbox file that is removed while it is used is written again", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  await using tested = await ServiceUnderTest.open(options);
  const lease = await tested.admitted("on_publish");
  await Deno.remove(path);
  await tested.log.waitFor("written again");
  assertEquals(tested.service.snapshot().outbox.alarm, undefined);
  using admin = OutboxAdmin.open(path, new SystemClock());
  assertEquals(admin.list("open", 10).map((entry) => entry.event), ["on_unpublish"]);
  await lease.end(CLIENT_LEFT);
  await tested.settle();
  await tested.service.close();
  assertEquals(admin.counts(), { asked: 0, open: 0, due: 0, dead: 0 });
});

Deno.test("An outbox of many pages is written again where the file was removed, and read by the next start", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks({ on_stop: receiver.url() }), { path });
  {
    await using tested = await ServiceUnderTest.open(options, { ...FAST_TIMINGS, checkpointMs: 600_000 });
    for (let i = 0; i < COUNT; i++) await tested.admitted("on_play", { clientId: i });
    await Deno.remove(path);
    await tested.log.waitFor("written again");
    using admin = OutboxAdmin.open(path, new SystemClock());
    assertEquals(admin.counts().open, COUNT);
    // As after a crash: nobody ends them.
    await tested.service.close();
  }
  await using next = await ServiceUnderTest.open(options);
  await receiver.waitFor("on_stop", COUNT);
  await next.settle();
  const clients = new Set(receiver.requests.map((request) => request.json.client_id));
  assertEquals([receiver.requests.length, clients.size], [COUNT, COUNT]);
});

Deno.test("Many dead events come back at once, each once", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", { status: 404 });
  const options = hooksOptions(vhostHooks({ on_stop: receiver.url() }), { path });
  await using tested = await ServiceUnderTest.open(options);
  for (let i = 0; i < COUNT; i++) {
    await (await tested.admitted("on_play", { clientId: i })).end(CLIENT_LEFT);
  }
  await tested.log.waitFor("Hook event moved to the dead letters", COUNT);
  await tested.settle();
  receiver.reply("on_stop", 0);
  receiver.requests.length = 0;
  using admin = OutboxAdmin.open(path, new SystemClock());
  assertEquals(admin.replay(undefined), COUNT);
  await receiver.waitFor("on_stop", COUNT);
  await tested.settle();
  const clients = new Set(receiver.requests.map((request) => request.json.client_id));
  assertEquals([receiver.requests.length, clients.size], [COUNT, COUNT]);
  await tested.service.close();
  assertEquals(admin.counts(), { asked: 0, open: 0, due: 0, dead: 0 });
});
