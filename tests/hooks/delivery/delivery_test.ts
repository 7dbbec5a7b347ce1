import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

const label = (request: ReceivedHook) => `${request.action} ${request.headers["srs-attempt"]}`;

/** Retries that no test will see. */
const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

for (const status of [500, 503, 408, 425, 429, 302]) {
  Deno.test(`An ending answered with ${status} is sent again, with the same id and body`, async () => {
    await using receiver = await HookReceiver.start();
    let left = 2;
    receiver.reply("on_stop", () => left-- > 0 ? { status } : 0);
    await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
    await (await tested.admitted("on_play")).end(CLIENT_LEFT);
    const stops = await receiver.waitFor("on_stop", 3);
    assertEquals(stops.map(label), ["on_stop 1", "on_stop 2", "on_stop 3"]);
    assertEquals(new Set(stops.map((stop) => stop.headers["webhook-id"])).size, 1);
    assertEquals(new Set(stops.map((stop) => stop.body)).size, 1);
  });
}

for (const status of [400, 403, 404, 410]) {
  Deno.test(`An ending answered with ${status} becomes a dead letter`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("on_stop", { status });
    await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
    await (await tested.admitted("on_play")).end(CLIENT_LEFT);
    const { undelivered } = await tested.service.drain(2000);
    assertEquals(undelivered, []);
    assertEquals(receiver.actions(), ["on_play", "on_stop"]);
    const line = tested.log.lines.find((line) => line.level === "error");
    assertEquals([line?.message, line?.fields.event], ["Hook event moved to the dead letters", "on_stop"]);
  });
}

Deno.test("Retry-After is honoured", async () => {
  await using receiver = await HookReceiver.start();
  let first = true;
  receiver.reply("on_stop", () => {
    const reply = first ? { status: 503, headers: { "retry-after": "1" } } : 0;
    first = false;
    return reply;
  });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  await (await tested.admitted("on_play")).end(CLIENT_LEFT);
  const [one, two] = await receiver.waitFor("on_stop", 2);
  assert(one !== undefined && two !== undefined && two.at - one.at >= 950);
});

Deno.test("Endings wait for a service that is down and arrive in order once it is back", async () => {
  const receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  const leases = [];
  for (let clientId = 1; clientId <= 20; clientId++) {
    const stream = `s${clientId}`;
    const connection = await tested.admitted("on_connect", { clientId });
    leases.push({ connection, publish: await tested.admitted("on_publish", { clientId, stream }) });
  }
  await receiver.stop();
  for (const { connection, publish } of leases) {
    await publish.end(CLIENT_LEFT);
    await connection.end(CLIENT_LEFT);
  }
  receiver.listen();
  await receiver.waitFor("on_close", 20);
  for (let clientId = 1; clientId <= 20; clientId++) {
    const own = receiver.requests.filter((request) => request.json.client_id === clientId);
    assertEquals(own.map((request) => request.action), [
      "on_connect",
      "on_publish",
      "on_unpublish",
      "on_close",
    ]);
  }
  await tested.settle();
  await receiver.stop();
});

Deno.test("on_error allow admits, and reports the start before its ending", async () => {
  const receiver = await HookReceiver.start();
  const vhost = vhostHooks(allEvents(receiver.url()), {
    onError: { default: "allow" },
    breakerFailures: 1000,
  });
  await receiver.stop();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const leases = [];
  for (let clientId = 1; clientId <= 10; clientId++) {
    leases.push(await tested.admitted("on_publish", { clientId, stream: `s${clientId}` }));
  }
  for (const lease of leases) await lease.end(CLIENT_LEFT);
  receiver.listen();
  await receiver.waitFor("on_unpublish", 10);
  for (let clientId = 1; clientId <= 10; clientId++) {
    const own = receiver.requests.filter((request) => request.json.client_id === clientId);
    assertEquals(own.map((request) => request.action), ["on_publish", "on_unpublish"]);
    assertEquals(own.map((request) => request.headers["srs-verdict"]), ["allowed", undefined]);
    assertEquals(new Set(own.map((request) => request.json.session_id)).size, 1);
  }
  await tested.settle();
  await receiver.stop();
});

Deno.test("on_error by event admits only that event", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("*", { status: 500 });
  const onError = { default: "deny", on_play: "allow" } as const;
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url()), { onError })),
  );
  assertEquals((await tested.request("on_publish")).kind, "deny");
  assertEquals((await tested.request("on_play", { stream: "other" })).kind, "allow");
});

Deno.test("An allowed start that the service had received keeps its webhook id", async () => {
  await using receiver = await HookReceiver.start();
  let first = true;
  receiver.reply("on_publish", () => {
    const reply = first ? "hang" : 0;
    first = false;
    return reply;
  });
  const vhost = vhostHooks(allEvents(receiver.url()), { onError: { default: "allow" }, timeoutMs: 100 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const lease = await tested.admitted("on_publish");
  const starts = await receiver.waitFor("on_publish", 2);
  assertEquals(new Set(starts.map(({ headers, body }) => `${headers["webhook-id"]} ${body}`)).size, 1);
  assertEquals(starts.map((start) => start.headers["srs-attempt"]), ["1", "2"]);
  await lease.end(CLIENT_LEFT);
  await receiver.waitFor("on_unpublish");
  await tested.settle();
});

Deno.test("max_concurrency bounds the calls under way", async () => {
  for (const maxConcurrency of [1, 3]) {
    await using receiver = await HookReceiver.start();
    let most = 0;
    receiver.reply("*", () => {
      most = Math.max(most, receiver.pending);
      return { body: 0, delayMs: 5 };
    });
    const options = hooksOptions(vhostHooks(allEvents(receiver.url()), { maxConcurrency }));
    await using tested = await ServiceUnderTest.open(options);
    await Promise.all(Array.from({ length: 20 }, async (_, i) => {
      await (await tested.admitted("on_play", { clientId: i, stream: `s${i}` })).end(CLIENT_LEFT);
    }));
    await tested.settle();
    assertEquals(receiver.requests.length, 40);
    assertLess(most, maxConcurrency + 1);
  }
});

Deno.test("Several addresses get the request in order, and each gets the ending", async () => {
  await using one = await HookReceiver.start();
  await using two = await HookReceiver.start();
  one.reply("on_publish", { body: 0, delayMs: 30 });
  const urls = {
    on_publish: [one.url("/a"), two.url("/b"), one.url("/c")],
    on_unpublish: [one.url("/a"), two.url("/b"), one.url("/c")],
  };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls)));
  const lease = await tested.admitted("on_publish");
  const [first, third] = one.requests;
  const second = two.requests[0];
  assert(first !== undefined && second !== undefined && third !== undefined);
  assert(first.at < second.at && second.at < third.at);
  assertEquals([first.path, second.path, third.path], ["/a", "/b", "/c"]);
  await lease.end(CLIENT_LEFT);
  await tested.settle();
  assertEquals(one.actions((r) => `${r.action} ${r.path}`).slice(2).sort(), [
    "on_unpublish /a",
    "on_unpublish /c",
  ]);
  assertEquals(two.actions((r) => `${r.action} ${r.path}`).slice(1), ["on_unpublish /b"]);
});

const LATER = [
  { name: "says no", reply: 1, first: "rejected_later", second: [] },
  { name: "answers an error", reply: { status: 500 }, first: "rejected_later", second: [] },
  { name: "hangs", reply: "hang", first: "rejected_later", second: ["abandoned"] },
] as const;

for (const { name, reply, first, second } of LATER) {
  Deno.test(`Where the second address ${name}, the first gets ${first}`, async () => {
    await using one = await HookReceiver.start();
    await using two = await HookReceiver.start();
    await using three = await HookReceiver.start();
    two.reply("on_publish", reply);
    const addresses = [one.url(), two.url(), three.url()];
    const vhost = vhostHooks({ on_publish: addresses, on_unpublish: addresses }, { timeoutMs: 200 });
    await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
    assertEquals((await tested.request("on_publish")).kind, "deny");
    await tested.settle();
    assertEquals(one.requests.map((r) => r.json.reason), [undefined, first]);
    assertEquals(two.requests.slice(1).map((r) => r.json.reason), [...second]);
    assertEquals(three.requests, []);
  });
}

Deno.test("Where the client leaves between addresses each knows of its end", async () => {
  await using one = await HookReceiver.start();
  await using two = await HookReceiver.start();
  two.reply("on_publish", "hang");
  const addresses = [one.url(), two.url()];
  const options = hooksOptions(vhostHooks({ on_publish: addresses, on_unpublish: addresses }));
  await using tested = await ServiceUnderTest.open(options);
  const context = new TestContext();
  const asking = tested.hooks.request(hookRequest("on_publish"), context);
  await two.waitFor("on_publish");
  context.leave();
  assertEquals((await asking).kind, "aborted");
  await tested.settle();
  assertEquals(one.requests.map((r) => r.json.reason), [undefined, "client"]);
  assertEquals(two.requests.map((r) => r.json.reason), [undefined, "abandoned"]);
});

Deno.test("An origin that is down delays no other", async () => {
  await using up = await HookReceiver.start();
  const down = await HookReceiver.start();
  await down.stop();
  const urls = { on_play: up.url(), on_stop: [down.url(), up.url()] };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls)), SLOW_RETRIES);
  for (let clientId = 1; clientId <= 5; clientId++) {
    await (await tested.admitted("on_play", { clientId, stream: `s${clientId}` })).end(CLIENT_LEFT);
  }
  await up.waitFor("on_stop", 5);
});

Deno.test("HookService.drain() names what is left", async () => {
  const receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url()))),
    SLOW_RETRIES,
  );
  const lease = await tested.admitted("on_play", { clientId: 9 });
  await receiver.stop();
  await lease.end(CLIENT_LEFT);
  const { undelivered } = await tested.service.drain(2000);
  assertEquals(undelivered.map(({ event, clientId, url }) => ({ event, clientId, url })), [
    { event: "on_stop", clientId: 9, url: receiver.url() },
  ]);
});

Deno.test("HookService.drain() ends at its deadline", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", "hang");
  const vhost = vhostHooks(allEvents(receiver.url()), { timeoutMs: 600_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await (await tested.admitted("on_play")).end(CLIENT_LEFT);
  // The call would last ten minutes.
  const { undelivered } = await tested.service.drain(200);
  assertEquals(undelivered.length, 1);
  await receiver.stop();
});

Deno.test("What is older than max_age, or too much, becomes a dead letter", async () => {
  const receiver = await HookReceiver.start();
  await receiver.stop();
  const url = receiver.url();
  const old = hooksOptions(vhostHooks({ on_stop: url }), { maxAgeMs: 60 });
  await using aging = await ServiceUnderTest.open(old);
  await (await aging.admitted("on_play")).end(CLIENT_LEFT);
  const [dead] = await aging.log.waitFor("Hook event moved to the dead letters event=on_stop");
  assert(String(dead?.fields.cause).startsWith("older than max_age"));
  const few = hooksOptions(vhostHooks({ on_stop: url }), { maxRows: 3 });
  await using full = await ServiceUnderTest.open(few, SLOW_RETRIES);
  for (let clientId = 1; clientId <= 5; clientId++) {
    await (await full.admitted("on_play", { clientId })).end(CLIENT_LEFT);
  }
  const { undelivered } = await full.service.drain(500);
  assertEquals(undelivered.length, 3);
  assert(full.log.text().includes("the outbox is full"));
});
