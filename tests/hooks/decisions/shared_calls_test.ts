import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

const verdictOf = (request: ReceivedHook) => `${request.action} ${request.headers["srs-verdict"] ?? "-"}`;

Deno.test("cache_ttl shares one answer among equal requests, and reports each start that needed no call", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_play", (request) => {
    if (request.headers["srs-verdict"] !== undefined) return 0;
    return { body: { code: 0, data: { stream: "show" } }, delayMs: 50 };
  });
  const vhost = vhostHooks(allEvents(receiver.url()), { cacheTtlMs: 60_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const clients = [1, 2, 3, 4, 5];
  const together = await Promise.all(clients.map((clientId) => tested.request("on_play", { clientId })));
  const later = await tested.request("on_play", { clientId: 6 });
  const other = await tested.request("on_play", { clientId: 7, stream: "other" });
  for (const verdict of [...together, later, other]) {
    assert(verdict.kind === "allow");
    assertEquals(verdict.decisions.stream, "show");
    await verdict.lease.end(CLIENT_LEFT);
  }
  await tested.settle();
  assertEquals(receiver.requests.filter((request) => verdictOf(request) === "on_play -").length, 2);
  for (const clientId of [1, 2, 3, 4, 5, 6, 7]) {
    const own = receiver.requests.filter((request) => request.json.client_id === clientId);
    const asked = clientId === 1 || clientId === 7;
    assertEquals(own.map(verdictOf), [`on_play ${asked ? "-" : "cached"}`, "on_stop -"]);
    assertEquals(new Set(own.map((request) => request.json.session_id)).size, 1);
  }
});

Deno.test("A cached no refuses without a call and owes nothing; an error is not kept", async () => {
  await using receiver = await HookReceiver.start();
  const vhost = vhostHooks(allEvents(receiver.url()), { cacheTtlMs: 60_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_play", { status: 500 });
  assertEquals((await tested.request("on_play")).kind, "deny");
  receiver.reply("on_play", { code: 1, msg: "no" });
  const no = { kind: "deny", rule: "on_play", reason: "no", address: receiver.url() } as const;
  for (let i = 0; i < 3; i++) assertEquals(await tested.request("on_play"), no);
  await tested.settle();
  assertEquals(receiver.actions(), ["on_play", "on_play"]);
});

Deno.test("A shared call outlives the client that began it", async () => {
  await using receiver = await HookReceiver.start();
  const gate = Promise.withResolvers<number>();
  receiver.reply("on_play", (request) => request.headers["srs-verdict"] === undefined ? gate.promise : 0);
  const vhost = vhostHooks(allEvents(receiver.url()), { cacheTtlMs: 60_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const first = new TestContext();
  const begun = tested.hooks.request(hookRequest("on_play", { clientId: 1 }), first);
  await receiver.waitFor("on_play");
  const joined = tested.request("on_play", { clientId: 2 });
  first.leave();
  assertEquals((await begun).kind, "aborted");
  gate.resolve(0);
  const verdict = await joined;
  assert(verdict.kind === "allow");
  await verdict.lease.end(CLIENT_LEFT);
  await receiver.waitFor("on_stop", 2);
  const eventsOf = (clientId: number) =>
    receiver.requests.filter((request) => request.json.client_id === clientId).map(verdictOf);
  assertEquals(eventsOf(1), ["on_play -", "on_stop -"]);
  assertEquals(eventsOf(2), ["on_play cached", "on_stop -"]);
  await tested.settle();
});

Deno.test("A shared call ends when all who wait for it have left", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_play", "hang");
  const vhost = vhostHooks(allEvents(receiver.url()), {
    cacheTtlMs: 60_000,
    timeoutMs: 60_000,
    askTimeoutMs: 60_000,
  });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const contexts = [new TestContext(), new TestContext()];
  const asks = contexts.map((context) => tested.hooks.request(hookRequest("on_play"), context));
  await receiver.waitFor("on_play");
  for (const context of contexts) context.leave();
  assertEquals((await Promise.all(asks)).map((verdict) => verdict.kind), ["aborted", "aborted"]);
  const [end] = await receiver.waitFor("on_stop");
  assertEquals(end?.json.reason, "abandoned");
  receiver.reply("on_play", 0);
  await tested.admitted("on_play");
});

Deno.test("What a shared call owes that nobody waits for any more is queued before the client is let go", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_publish", "hang");
  const vhost = vhostHooks(allEvents(receiver.url()), { cacheTtlMs: 60_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const context = new TestContext();
  const asked = tested.hooks.request(hookRequest("on_publish"), context);
  await receiver.waitFor("on_publish");
  context.leave();
  assertEquals((await asked).kind, "aborted");
  assertEquals(tested.service.snapshot().outbox.undelivered, 1);
  await tested.settle();
  assertEquals(receiver.requests.at(-1)?.json.reason, "abandoned");
});
