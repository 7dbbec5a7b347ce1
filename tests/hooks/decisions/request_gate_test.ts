/**
 * What a request may have to wait for before it is sent, and what a client that leaves meanwhile changes: nothing.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import {
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

Deno.test("A client that leaves while its request waits for a slot does not count as a failure of the service", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_play", "hang");
  const vhost = vhostHooks({ on_play: receiver.url() }, { maxConcurrency: 1, breakerFailures: 1 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const [first, second] = [new TestContext(), new TestContext()];
  const calling = tested.hooks.request(hookRequest("on_play"), first);
  await receiver.waitFor("on_play", 1);
  const waiting = tested.hooks.request(hookRequest("on_play"), second);
  second.leave();
  assertEquals((await waiting).kind, "aborted");
  const [origin] = tested.service.snapshot().origins;
  assertEquals([origin?.breaker, origin?.activeCalls], ["closed", 1]);
  assertEquals(tested.service.snapshot().endpoints[0]?.verdicts.error, 0);
  first.leave();
  assertEquals((await calling).kind, "aborted");
  const lines = tested.log.lines.filter(({ message }) => message.startsWith("Hook call"));
  assertEquals(lines.map(({ level, message }) => [level, message]), [
    ["info", "Hook call aborted: its client left"],
  ]);
  receiver.reply("on_play", 0);
  await tested.admitted("on_play");
});

Deno.test("A request that gets no slot in time counts as a failure of the service, and says why", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_play", "hang");
  const limits = { maxConcurrency: 1, breakerFailures: 1, askTimeoutMs: 50, timeoutMs: 600_000 };
  const other = vhostHooks({ on_play: receiver.url() }, { ...limits, askTimeoutMs: 600_000 });
  const options = {
    ...hooksOptions(other),
    vhosts: new Map([["slow", other], ["v", { ...other, ...limits }]]),
  };
  await using tested = await ServiceUnderTest.open(options);
  const holder = new TestContext();
  const calling = tested.hooks.request(hookRequest("on_play", { vhost: "slow" }), holder);
  await receiver.waitFor("on_play", 1);
  assertEquals((await tested.request("on_play", { vhost: "v" })).kind, "deny");
  const [origin] = tested.service.snapshot().origins;
  assertEquals([origin?.breaker, origin?.waitingRequests, receiver.requests.length], ["open", 0, 1]);
  const [line] = await tested.log.waitFor("Hook not called");
  assertEquals(line?.fields.cause, "ask_timeout passed while max_concurrency other calls were under way");
  holder.leave();
  assertEquals((await calling).kind, "aborted");
});
