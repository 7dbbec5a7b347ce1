/**
 * What leaves an outbox that has more than it may keep.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import {
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

Deno.test("A full outbox gives up the oldest event that waits, and none whose call is under way", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", "hang");
  const vhost = vhostHooks({ on_stop: receiver.url() }, { maxConcurrency: 2, timeoutMs: 600_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost, { maxRows: 2 }));
  const end = async (clientId: number) =>
    await (await tested.admitted("on_play", { clientId })).end(CLIENT_LEFT);
  await end(1);
  // Of two calls at a time one is left to requests.
  await receiver.waitFor("on_stop", 1);
  for (const clientId of [2, 3, 4]) await end(clientId);
  const dead = tested.log.lines.filter(({ message }) => message === "Hook event moved to the dead letters");
  assertEquals(dead.map(({ clientId, fields }) => [clientId, fields.cause, fields.attempts]), [
    [2, "the outbox is full", 0],
    [3, "the outbox is full", 0],
  ]);
  assertEquals(tested.service.snapshot().outbox.undelivered, 2);
});
