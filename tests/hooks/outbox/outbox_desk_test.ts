/**
 * Dead rows of a running service's outbox: listed, sent again at once, and forgotten.
 *
 * @module
 */
import { OutboxError } from "../../../hooks/outbox/outbox_database.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import {
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

/** The file is looked at by itself never: what happens is the desk's doing. */
const NO_CHECKS = { ...FAST_TIMINGS, outboxCheckMs: 600_000 };

Deno.test("OutboxDesk lists what a service holds, sends a dead event again at once, and forgets another one", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks({ on_unpublish: receiver.url() }), {
    path: `${dir.path}/outbox.db`,
  });
  await using tested = await ServiceUnderTest.open(options, NO_CHECKS);
  const { rows } = tested.service;
  receiver.reply("on_unpublish", { status: 403 });
  for (const [index, stream] of ["one", "two"].entries()) {
    await (await tested.admitted("on_publish", { clientId: index + 1, stream })).end(CLIENT_LEFT);
  }
  await tested.admitted("on_publish", { clientId: 3, stream: "three" });
  await tested.settle();
  const dead = await rows.list(["dead"]);
  assertEquals(dead.map(({ state, stream, body }) => [state, stream, body]), [["dead", "one", ""], [
    "dead",
    "two",
    "",
  ]]);
  assertEquals((await rows.list(["due", "open"])).map(({ stream }) => stream), ["three"]);
  assertEquals(tested.service.snapshot().outbox.dead, 2);

  receiver.reply("on_unpublish", 0);
  const [one, two] = dead.map(({ id }) => id);
  assert(await rows.replay(one ?? ""));
  assertEquals(tested.service.snapshot().outbox.dead, 1);
  await until(() => receiver.requests.length === 3);
  await tested.settle();
  assertEquals(receiver.requests.map(({ json }) => json.stream), ["one", "two", "one"]);
  assertEquals(receiver.requests[2]?.headers["webhook-id"], one);
  assert(await rows.drop(two ?? ""));
  assertEquals(tested.service.snapshot().outbox.dead, 0);
  assertEquals((await rows.list(["due", "open", "dead"])).map(({ stream }) => stream), ["three"]);

  const [open] = await rows.list(["open"]);
  for (const id of [one, two, open?.id, "", "' OR 1 = 1 --"]) {
    assertEquals([await rows.replay(id ?? ""), await rows.drop(id ?? "")], [false, false], id);
  }
});

Deno.test("A dead letter above the bound is dropped and logged, also one alone", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const outbox = { path: `${dir.path}/outbox.db`, maxRows: 1 };
  const options = hooksOptions(vhostHooks({ on_unpublish: receiver.url() }), outbox);
  await using tested = await ServiceUnderTest.open(options, NO_CHECKS);
  const { rows } = tested.service;
  receiver.reply("on_unpublish", { status: 403 });
  for (const stream of ["one", "two", "three"]) {
    await (await tested.admitted("on_publish", { stream })).end(CLIENT_LEFT);
    await tested.settle();
    // Written one after the other, so that the file alone is above its bound.
    await rows.list(["dead"]);
  }
  const [, two] = await rows.list(["dead"]);
  assert(await rows.drop(two?.id ?? ""));
  const left = await rows.list(["dead"]);
  assertEquals(left.map(({ stream }) => stream), ["three"]);
  assert(await rows.drop(left[0]?.id ?? ""));
  const dropped = tested.log.lines.filter(({ message }) => message.startsWith("Hook outbox dropped"));
  assertEquals(dropped.map(({ level, fields }) => [level, fields]), [["error", { count: 1 }]]);
});

Deno.test("OutboxDesk says why there are no rows of an outbox in memory, or of a file that is gone", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const hooks = vhostHooks({ on_unpublish: receiver.url() });
  await using memory = await ServiceUnderTest.open(hooksOptions(hooks, { path: "" }));
  await assertRejects(() => memory.service.rows.list(["dead"]), OutboxError, "kept in memory");
  await using disk = await ServiceUnderTest.open(hooksOptions(hooks, { path: `${dir.path}/outbox.db` }));
  await disk.service.close();
  await assertRejects(() => disk.service.rows.replay("a"), OutboxError, "outbox.db");
});
