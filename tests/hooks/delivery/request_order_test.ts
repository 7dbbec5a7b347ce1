import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { assertEquals, assertLess } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

const label = (request: ReceivedHook) => `${request.action} ${request.headers["srs-attempt"]}`;

/** Retries that no test will see. */
const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

Deno.test("A request does not overtake an undelivered ending of its stream", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_unpublish", { body: 0, delayMs: 100 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  for (let clientId = 1; clientId <= 4; clientId++) {
    const lease = await tested.admitted("on_publish", { clientId });
    // Not awaited: from the call on, no request may pass.
    void lease.end(CLIENT_LEFT);
  }
  await tested.settle();
  const expected = [1, 2, 3, 4].flatMap((id) => [`on_publish ${id}`, `on_unpublish ${id}`]);
  assertEquals(receiver.actions((request) => `${request.action} ${request.json.client_id}`), expected);
});

Deno.test("A poisoned ending is attempted before each request and blocks none", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_unpublish", { status: 500 });
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())));
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  await (await tested.admitted("on_publish", { clientId: 1 })).end(CLIENT_LEFT);
  await tested.log.waitFor("Hook called event=on_unpublish verdict=retry");
  await tested.admitted("on_publish", { clientId: 2 });
  await tested.admitted("on_play", { clientId: 3 });
  assertEquals(receiver.actions(label), [
    "on_publish 1",
    "on_unpublish 1",
    "on_unpublish 2",
    "on_publish 1",
    "on_unpublish 3",
    "on_play 1",
  ]);
  // Another stream does not wait for it.
  await tested.admitted("on_publish", { clientId: 4, stream: "other" });
  assertEquals(receiver.requests.length, 7);
});

Deno.test("A request attempts endings that the service has not answered, and one of those that it has rejected", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_unpublish", { status: 500 });
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())));
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  for (let clientId = 1; clientId <= 20; clientId++) {
    // Not awaited: the next request finds it undelivered.
    void (await tested.admitted("on_publish", { clientId })).end(CLIENT_LEFT);
  }
  const endings = receiver.requests.filter(({ action }) => action === "on_unpublish");
  assertEquals(endings.filter(({ headers }) => headers["srs-attempt"] === "1").length, 20 - 1);
  assertLess(endings.length, 20 * 3);
});

Deno.test("A request that a service took before it went down is owed its ending", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_publish", () => {
    // Not awaited: it ends when this very request has.
    void receiver.stop();
    return "close";
  });
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())));
  await using tested = await ServiceUnderTest.open(options);
  assertEquals((await tested.request("on_publish")).kind, "deny");
  receiver.listen();
  const [ending] = await receiver.waitFor("on_unpublish");
  assertEquals(ending?.json.reason, "abandoned");
  assertEquals(receiver.actions(), ["on_publish", "on_unpublish"]);
});

Deno.test("An ending that hangs blocks its stream's name no longer than one attempt", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_unpublish", "hang");
  const options = hooksOptions(vhostHooks(allEvents(receiver.url()), { timeoutMs: 200 }));
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  await (await tested.admitted("on_publish", { clientId: 1 })).end(CLIENT_LEFT);
  // The pause before a second attempt is ten minutes.
  await tested.admitted("on_publish", { clientId: 2 });
});

Deno.test("Where the ending cannot be delivered for want of a connection on_error decides", async () => {
  for (const onError of ["deny", "allow"] as const) {
    const receiver = await HookReceiver.start();
    const options = hooksOptions(vhostHooks(allEvents(receiver.url()), { onError: { default: onError } }));
    await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
    const lease = await tested.admitted("on_publish", { clientId: 1 });
    await receiver.stop();
    await lease.end(CLIENT_LEFT);
    assertEquals((await tested.request("on_publish", { clientId: 2 })).kind, onError);
  }
});

Deno.test("A request that was answered wakes the queue of an origin that was down", async () => {
  const receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())));
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  const lease = await tested.admitted("on_publish", { stream: "a" });
  await receiver.stop();
  await lease.end(CLIENT_LEFT);
  // This one fails to deliver, by way of the request that waits for it.
  assertEquals((await tested.request("on_publish", { stream: "a" })).kind, "deny");
  receiver.listen();
  await tested.admitted("on_publish", { stream: "b" });
  await receiver.waitFor("on_unpublish");
  await receiver.stop();
});

Deno.test("A service that hangs on endings still gets requests", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", "hang");
  const options = hooksOptions(
    vhostHooks(allEvents(receiver.url()), { maxConcurrency: 4, timeoutMs: 60_000 }),
  );
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  for (let clientId = 1; clientId <= 8; clientId++) {
    await (await tested.admitted("on_play", { clientId, stream: `s${clientId}` })).end(CLIENT_LEFT);
  }
  await tested.admitted("on_play", { clientId: 9, stream: "s9" });
  assertEquals(receiver.requests.filter((request) => request.action === "on_stop").length, 2);
});
