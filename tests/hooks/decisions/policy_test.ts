import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { Webhook } from "standardwebhooks";
import { assert, assertEquals, assertLess, assertRejects, assertThrows } from "../../support/assert.ts";
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
import { pause } from "../../support/process/show.ts";

const OLD_SECRET = `whsec_${btoa("0123456789abcdef0123456789abcdef")}`;

const NEW_SECRET = `whsec_${btoa("fedcba9876543210fedcba9876543210")}`;

Deno.test("Every call is signed with each secret, for each attempt again", async () => {
  await using receiver = await HookReceiver.start();
  let first = true;
  receiver.reply("on_stop", () => {
    const reply = first ? { status: 500 } : 0;
    first = false;
    return reply;
  });
  const vhost = vhostHooks(allEvents(receiver.url()), { secrets: [OLD_SECRET, NEW_SECRET] });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await (await tested.admitted("on_play")).end(CLIENT_LEFT);
  await receiver.waitFor("on_stop", 2);
  for (const request of receiver.requests) {
    for (const secret of [OLD_SECRET, NEW_SECRET]) new Webhook(secret).verify(request.body, request.headers);
    const stranger = new Webhook(`whsec_${btoa("another secret of some length ..")}`);
    assertThrows(() => stranger.verify(request.body, request.headers));
    assertThrows(() => new Webhook(NEW_SECRET).verify(`${request.body} `, request.headers));
    assertEquals(request.headers["webhook-signature"]?.split(" ").length, 2);
  }
});

Deno.test("A secret that is none is an error at the start", async () => {
  const vhost = vhostHooks(allEvents("http://127.0.0.1:9/"), { secrets: ["whsec_%%%"] });
  await assertRejects(() => ServiceUnderTest.open(hooksOptions(vhost)), Error, "incorrect padding");
});

Deno.test("The breaker opens after errors in a row and one probe closes it", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("*", { status: 500 });
  const vhost = vhostHooks({ on_play: receiver.url() }, { breakerFailures: 3, breakerOpenMs: 1000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  for (let i = 0; i < 5; i++) assertEquals((await tested.request("on_play")).kind, "deny");
  assertEquals(receiver.requests.length, 3);
  const { origins: [origin], endpoints: [endpoint] } = tested.service.snapshot();
  assertEquals([origin?.breaker, endpoint?.verdicts.error], ["open", 5]);
  assertEquals(endpoint?.lastError, `the breaker of ${origin?.origin} is open`);
  // Of those that request together when the time is over one is the probe. It fails: open again.
  while (receiver.requests.length === 3) {
    await Promise.all([tested.request("on_play"), tested.request("on_play"), tested.request("on_play")]);
    await pause(10);
  }
  assertEquals(receiver.requests.length, 4);
  assertEquals(tested.service.snapshot().origins[0]?.breaker, "open");
  receiver.reply("*", 0);
  while ((await tested.request("on_play")).kind === "deny") await pause(10);
  assertEquals(receiver.requests.length, 5);
  await Promise.all([1, 2, 3].map(() => tested.admitted("on_play")));
  assertEquals(tested.service.snapshot().origins[0]?.breaker, "closed");
  await tested.log.waitFor("Hook breaker opened");
  await tested.log.waitFor("Hook breaker closed");
});

Deno.test("A no is an answer: it neither opens the breaker nor lets it count on", async () => {
  await using receiver = await HookReceiver.start();
  let i = 0;
  receiver.reply("*", () => i++ % 2 === 0 ? { status: 500 } : 1);
  const vhost = vhostHooks({ on_play: receiver.url() }, { breakerFailures: 2, breakerOpenMs: 60_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  for (let n = 0; n < 8; n++) await tested.request("on_play");
  assertEquals(receiver.requests.length, 8);
});

Deno.test("A probe whose client leaves hands its turn to the next request", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("*", { status: 500 });
  const vhost = vhostHooks({ on_play: receiver.url() }, { breakerFailures: 1, breakerOpenMs: 1 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await tested.request("on_play");
  await pause(10);
  receiver.reply("*", "hang");
  const context = new TestContext();
  const probe = tested.hooks.request(hookRequest("on_play"), context);
  await receiver.waitFor("on_play", 2);
  context.leave();
  assertEquals((await probe).kind, "aborted");
  receiver.reply("*", 0);
  await tested.admitted("on_play");
});

Deno.test("Shadow mode calls and counts, and enforces nothing", async () => {
  await using receiver = await HookReceiver.start();
  const vhost = vhostHooks(allEvents(receiver.url()), {
    mode: "shadow",
    timeoutMs: 60_000,
    askTimeoutMs: 60_000,
  });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_publish", { code: 1, msg: "no" });
  const refused = await tested.request("on_publish");
  assert(refused.kind === "allow");
  await refused.lease.end(CLIENT_LEFT);
  await tested.log.waitFor("Hook would deny the session event=on_publish");
  receiver.reply("on_publish", { code: 0, data: { stream: "show", ttl: 0.01 } });
  await using enforcing = await ServiceUnderTest.open(
    hooksOptions(vhostHooks({ on_publish: receiver.url() })),
  );
  const context = new TestContext();
  const accepted = await tested.hooks.request(hookRequest("on_publish", { clientId: 5 }), context);
  assert(accepted.kind === "allow");
  assertEquals(accepted.decisions, {});
  // What begins later where the same answer counts is over: so would this be.
  const expiring = new TestContext();
  const enforced = await enforcing.hooks.request(hookRequest("on_publish", { clientId: 6 }), expiring);
  assert(enforced.kind === "allow");
  assertEquals((await expiring.revoked).reason, "lease_expired");
  await enforced.lease.end(CLIENT_LEFT);
  assertEquals(context.revocations, 0);
  await accepted.lease.end(CLIENT_LEFT);
  await tested.settle();
  assertEquals(receiver.actions(), ["on_publish", "on_publish", "on_publish", "on_unpublish"]);
  receiver.reply("on_publish", "hang");
  const from = performance.now();
  assertEquals((await tested.request("on_publish")).kind, "allow");
  assertLess(performance.now() - from, 30_000);
  await receiver.stop();
  await tested.settle();
});

Deno.test("HookService.drain() waits for the request of a client in shadow mode, and delivers its ending", async () => {
  await using receiver = await HookReceiver.start();
  const answer = Promise.withResolvers<number>();
  receiver.reply("on_publish", () => answer.promise);
  const vhost = vhostHooks(allEvents(receiver.url()), { mode: "shadow" });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await (await tested.admitted("on_publish")).end(CLIENT_LEFT);
  const drained = tested.service.drain(60_000);
  await receiver.waitFor("on_publish");
  answer.resolve(0);
  assertEquals(await drained, { undelivered: [] });
  assertEquals(receiver.actions(), ["on_publish", "on_unpublish"]);
});

Deno.test("In shadow mode a denied update is logged, and updates continue", async () => {
  await using receiver = await HookReceiver.start();
  const urls = { ...allEvents(receiver.url()), on_update: receiver.url() };
  const vhost = vhostHooks(urls, { updateIntervalMs: 20, mode: "shadow" });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_update", { code: 1, msg: "enough" });
  const context = new TestContext();
  const verdict = await tested.hooks.request(hookRequest("on_publish"), context);
  assert(verdict.kind === "allow");
  await receiver.waitFor("on_update", 3);
  const [line] = await tested.log.waitFor("Hook would end the session event=on_publish");
  assertEquals([line?.fields.reason, line?.fields.description], ["rejected", "enough"]);
  assertEquals(context.revocations, 0);
  await verdict.lease.end(CLIENT_LEFT);
  await tested.settle();
  assertEquals(receiver.requests.at(-1)?.json.reason, "client");
});

Deno.test("on_update is sent while a session lasts, and an answer that denies revokes it once", async () => {
  await using receiver = await HookReceiver.start();
  const urls = { ...allEvents(receiver.url()), on_update: receiver.url() };
  const vhost = vhostHooks(urls, { updateIntervalMs: 20, timeoutMs: 50, breakerFailures: 1000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const context = new TestContext();
  const verdict = await tested.hooks.request(hookRequest("on_publish"), context);
  assert(verdict.kind === "allow");
  const updates = await receiver.waitFor("on_update", 3);
  const start = receiver.requests[0];
  for (const update of updates) {
    assertEquals(update.json.session_id, start?.json.session_id);
    assertEquals(update.json.recv_bytes, 9_182_734);
    assert(Number(update.json.duration_ms) > 0);
    assert(!("reason" in update.json));
  }
  assertEquals(new Set(updates.map((update) => update.headers["webhook-id"])).size, updates.length);
  for (const bad of [{ status: 500 }, "hang", "close", { body: "what" }] as const) {
    const seen = receiver.requests.length;
    receiver.reply("on_update", bad);
    await receiver.waitFor(() => true, seen + 2);
    assertEquals(context.revocations, 0);
  }
  receiver.reply("on_update", { code: 1, msg: "enough" });
  assertEquals(await context.revoked, { reason: "rejected", description: "enough" });
  await verdict.lease.end({ ...CLIENT_LEFT, reason: "rejected" });
  await tested.settle();
  const ended = receiver.requests.at(-1);
  assertEquals(ended?.json.reason, "rejected");
  // Another session gets three updates, the ended one none.
  receiver.reply("on_update", 0);
  const other = await tested.admitted("on_publish", { clientId: 5 });
  const isOthers = ({ json, action }: ReceivedHook) => action === "on_update" && json.client_id === 5;
  await receiver.waitFor(isOthers, 3);
  await other.end(CLIENT_LEFT);
  await tested.settle();
  assertEquals(receiver.requests.filter(({ json }) => json.client_id === 4).at(-1), ended);
  assertEquals(context.revocations, 1);
});

Deno.test("data.ttl ends a session unless an update renews it", async () => {
  await using receiver = await HookReceiver.start();
  const urls = { ...allEvents(receiver.url()), on_update: receiver.url() };
  const vhost = vhostHooks(urls, { updateIntervalMs: 30 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const grant = { code: 0, data: { ttl: 1 } };
  receiver.reply("on_publish", grant);
  receiver.reply("on_update", grant);
  const context = new TestContext();
  const from = performance.now();
  const verdict = await tested.hooks.request(hookRequest("on_publish"), context);
  assert(verdict.kind === "allow");
  while (performance.now() - from < 1200) {
    await receiver.waitFor("on_update", receiver.requests.length);
  }
  assertEquals(context.revocations, 0);
  receiver.reply("on_update", 0);
  assertEquals((await context.revoked).reason, "lease_expired");
  await verdict.lease.end({ ...CLIENT_LEFT, reason: "lease_expired" });
  await tested.settle();
  assertEquals(receiver.requests.at(-1)?.json.reason, "lease_expired");
});

Deno.test("No on_update goes out for connections or where the interval is 0", async () => {
  await using receiver = await HookReceiver.start();
  const urls = { ...allEvents(receiver.url()), on_update: receiver.url() };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls, { updateIntervalMs: 10 })));
  const lease = await tested.admitted("on_connect");
  await using off = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls)));
  const other = await off.admitted("on_play");
  // A session that began later gets three updates.
  const asked = await tested.admitted("on_play", { clientId: 5 });
  await receiver.waitFor("on_update", 3);
  await Promise.all([lease, other, asked].map((each) => each.end(CLIENT_LEFT)));
  await tested.settle();
  await off.settle();
  const updates = receiver.requests.filter(({ action }) => action === "on_update");
  assert(updates.every(({ json }) => json.client_id === 5));
});

Deno.test("HookService.snapshot() shows calls, verdicts, latency, queue and breaker", async () => {
  const receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())));
  const slow = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };
  await using tested = await ServiceUnderTest.open(options, slow);
  const lease = await tested.admitted("on_play");
  receiver.reply("on_play", 7);
  await tested.request("on_play");
  await receiver.stop();
  await lease.end(CLIENT_LEFT);
  await tested.settle();
  const { endpoints, origins, outbox, serviceId } = tested.service.snapshot();
  assertEquals(serviceId, tested.service.serviceId);
  const play = endpoints.find((endpoint) => endpoint.event === "on_play");
  assertEquals([play?.calls, play?.verdicts.yes, play?.verdicts.no, play?.verdicts.error], [2, 1, 1, 0]);
  assert(play !== undefined && play.p50Ms > 0 && play.p50Ms <= play.p99Ms && play.p99Ms < 5000);
  const [origin] = origins;
  assertEquals([origin?.queued, origin?.breaker, origin?.down], [1, "closed", true]);
  assertEquals([outbox.undelivered, outbox.open, outbox.dead, outbox.path], [1, 0, 0, ""]);
});
