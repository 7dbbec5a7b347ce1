import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import type { RequestEvent } from "../../../core/mod.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver, type HookReply } from "../../support/hooks/hook_receiver.ts";

const EVENTS: readonly (readonly [RequestEvent, string])[] = [
  ["on_connect", "on_close"],
  ["on_publish", "on_unpublish"],
  ["on_play", "on_stop"],
];

/** Every row of the answer table: the reply, what the client gets, whether an ending is owed. */
const ROWS: readonly {
  name: string;
  reply: HookReply;
  verdict: "allow" | "deny";
  ending: string | undefined;
}[] = [
  { name: "0", reply: 0, verdict: "allow", ending: undefined },
  { name: "code 0", reply: { code: 0 }, verdict: "allow", ending: undefined },
  { name: "201", reply: { status: 201, body: 0 }, verdict: "allow", ending: undefined },
  { name: "number", reply: 1, verdict: "deny", ending: undefined },
  { name: "object", reply: { code: 1, msg: "no" }, verdict: "deny", ending: undefined },
  { name: "403", reply: { status: 403 }, verdict: "deny", ending: undefined },
  { name: "408", reply: { status: 408 }, verdict: "deny", ending: undefined },
  { name: "429", reply: { status: 429 }, verdict: "deny", ending: undefined },
  { name: "500", reply: { status: 500 }, verdict: "deny", ending: undefined },
  { name: "204", reply: { status: 204, body: "" }, verdict: "deny", ending: undefined },
  { name: "empty", reply: { body: "" }, verdict: "deny", ending: undefined },
  { name: "text", reply: { body: "fine" }, verdict: "deny", ending: undefined },
  {
    name: "redirect",
    reply: { status: 302, headers: { location: "http://127.0.0.1:9/" } },
    verdict: "deny",
    ending: undefined,
  },
  { name: "hang", reply: "hang", verdict: "deny", ending: "abandoned" },
  { name: "close", reply: "close", verdict: "deny", ending: "abandoned" },
  { name: "closeMidBody", reply: "closeMidBody", verdict: "deny", ending: "abandoned" },
  { name: "drip", reply: "drip", verdict: "deny", ending: "abandoned" },
  { name: "endless", reply: "endless", verdict: "deny", ending: "abandoned" },
];

/** Rows whose answer never becomes whole: only there the time is waited for, so that a busy machine fails no other. */
const UNANSWERED: ReadonlySet<string> = new Set(["hang", "drip"]);

for (const [event, ending] of EVENTS) {
  for (const row of ROWS) {
    Deno.test(`HookService.request() ${event} answered with ${row.name} is ${row.verdict}`, async () => {
      await using receiver = await HookReceiver.start();
      receiver.reply(event, row.reply);
      const vhost = vhostHooks(allEvents(receiver.url()), {
        timeoutMs: UNANSWERED.has(row.name) ? 300 : 30_000,
      });
      await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
      const verdict = await tested.request(event);
      assertEquals(verdict.kind, row.verdict);
      if (verdict.kind === "allow") await verdict.lease.end(CLIENT_LEFT);
      await tested.settle();
      const expected = row.verdict === "allow" ? ["client"] : row.ending === undefined ? [] : [row.ending];
      const endings = receiver.requests.filter((request) => request.action === ending);
      assertEquals(endings.map((request) => request.json.reason), expected);
      for (const request of endings) {
        assertEquals(request.json.session_id, receiver.requests[0]?.json.session_id);
      }
      // A connection that died without an answer is tried once more, nothing else is.
      const asks = receiver.requests.filter((request) => request.action === event);
      assertEquals(asks.length, row.name === "close" ? 2 : 1);
      assertEquals(new Set(asks.map((request) => request.headers["webhook-id"])).size, 1);
    });
  }

  Deno.test(`HookService.request() ${event} at a closed port is denied and owes nothing`, async () => {
    const receiver = await HookReceiver.start();
    const vhost = vhostHooks(allEvents(receiver.url()));
    await receiver.stop();
    await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
    const verdict = await tested.request(event);
    const reason = `${event} could not be answered`;
    assertEquals(verdict, { kind: "deny", rule: event, reason, address: receiver.url(), failed: true });
    receiver.listen();
    await tested.settle();
    await receiver.stop();
    assertEquals(receiver.requests, []);
  });

  Deno.test(`HookService.request() ${event} of a client that leaves meanwhile is abandoned`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply(event, "hang");
    await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
    const context = new TestContext();
    const asking = tested.hooks.request(hookRequest(event), context);
    const [start] = await receiver.waitFor(event);
    context.leave();
    assertEquals(await asking, { kind: "aborted" });
    const [end] = await receiver.waitFor(ending);
    assertEquals(end?.json.reason, "abandoned");
    assertEquals(end?.json.session_id, start?.json.session_id);
    await tested.settle();
    assertEquals(receiver.actions(), [event, ending]);
  });
}

Deno.test("HookService.request() of a client that left before sends nothing", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  const context = new TestContext();
  context.leave();
  assertEquals(await tested.hooks.request(hookRequest("on_publish"), context), {
    kind: "aborted",
  });
  await tested.settle();
  assertEquals(receiver.requests, []);
});

Deno.test("HookService.request() gives the service's msg and redirect as the reason", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  receiver.reply("on_publish", { code: 7, msg: "stream key unknown" });
  const denied = { kind: "deny", rule: "on_publish", address: receiver.url() } as const;
  assertEquals(await tested.request("on_publish"), { ...denied, reason: "stream key unknown" });
  receiver.reply("on_publish", { code: 302, data: { redirect: "rtmp://b/live" } });
  const redirect = {
    kind: "deny",
    rule: "on_publish",
    reason: "on_publish was refused",
    address: receiver.url(),
    redirect: "rtmp://b/live",
  } as const;
  assertEquals(await tested.request("on_publish"), redirect);
});

Deno.test("HookService.request() hands decisions on, without the ttl", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  const data = { stream: "show", ttl: 60, max_bitrate_kbps: 9, forward: ["rtmp://f/live/x"] };
  receiver.reply("on_publish", { code: 0, data });
  const verdict = await tested.request("on_publish");
  assert(verdict.kind === "allow");
  assertEquals(verdict.decisions, { stream: "show", maxBitrateKbps: 9, forward: ["rtmp://f/live/x"] });
  await verdict.lease.end(CLIENT_LEFT);
  await tested.settle();
});

Deno.test("HookService.request() admits at once where nothing is configured", async () => {
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({})));
  for (const [event] of EVENTS) {
    assertEquals((await tested.request(event)).kind, "allow");
    assertEquals((await tested.request(event, { vhost: "other" })).kind, "allow");
  }
  await using off = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents("http://127.0.0.1:9/"), { enabled: false })),
  );
  assertEquals((await off.request("on_publish")).kind, "allow");
});

Deno.test("HookService.request() works with any one event alone", async () => {
  for (const [event, ending] of EVENTS) {
    for (const configured of [event, ending]) {
      await using receiver = await HookReceiver.start();
      await using tested = await ServiceUnderTest.open(
        hooksOptions(vhostHooks({ [configured]: receiver.url() })),
      );
      for (const [other] of EVENTS) await (await tested.admitted(other)).end(CLIENT_LEFT);
      await tested.settle();
      assertEquals(receiver.actions(), [configured]);
    }
  }
});

Deno.test("Lease.end() tells once however often it is called", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  const lease = await tested.admitted("on_play");
  await Promise.all([lease.end(CLIENT_LEFT), lease.end({ ...CLIENT_LEFT, reason: "kicked" })]);
  await lease.end({ ...CLIENT_LEFT, reason: "kicked" });
  await tested.settle();
  assertEquals(receiver.actions(), ["on_play", "on_stop"]);
  assertEquals(receiver.requests[1]?.json.reason, "client");
});

Deno.test("Lease.rename() gives later events the public name", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  const lease = await tested.admitted("on_publish", { stream: "secretkey" });
  lease.rename("public", { stream: "show", param: "", streamUrl: "/public/show", streamId: "vid-1" });
  await lease.end(CLIENT_LEFT);
  await tested.settle();
  const end = receiver.requests[1];
  assertEquals(end?.json.stream, "show");
  assertEquals(end?.json.app, "public");
  assert(!end?.body.includes("secretkey"));
});

Deno.test("Lease.end() of a connection names its last stream", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(receiver.url()))));
  const lease = await tested.admitted("on_connect");
  const stream = { stream: "show", param: "?a=b", streamUrl: "/live/show", streamId: "vid-1" };
  await lease.end({ ...CLIENT_LEFT, app: "live", stream });
  const [end] = await receiver.waitFor("on_close");
  assertEquals(end?.json.stream, "show");
  assertEquals(end?.json.param, "?a=b");
  await tested.settle();
});

Deno.test("Calls carry the headers of the contract", async () => {
  await using receiver = await HookReceiver.start();
  const headers = { "X-Api-Key": "k", "User-Agent": "mine" };
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url()), { headers })),
  );
  await (await tested.admitted("on_publish")).end(CLIENT_LEFT);
  await tested.settle();
  const [start, end] = receiver.requests;
  assert(start !== undefined && end !== undefined);
  for (const request of [start, end]) {
    assertEquals(request.method, "POST");
    assertEquals(request.headers["content-type"], "application/json");
    assertEquals(request.headers["accept-encoding"], "identity");
    assertEquals(request.headers["user-agent"], "mine");
    assertEquals(request.headers["x-api-key"], "k");
    assertEquals(request.headers["srs-attempt"], "1");
    assertEquals(request.headers["srs-verdict"], undefined);
    assertEquals(request.headers["webhook-signature"], undefined);
    assertMatch(request.headers["webhook-timestamp"] ?? "", /^\d{10}$/);
    assertMatch(request.headers.traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  }
  assert(start.headers["webhook-id"] !== end.headers["webhook-id"]);
  assertEquals(start.headers.traceparent?.slice(0, 35), end.headers.traceparent?.slice(0, 35));
  assertEquals(start.connection, end.connection, "the connection is kept");
});

Deno.test("Calls name the server and its version by default", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_play: receiver.url() })));
  await tested.admitted("on_play");
  assertEquals(receiver.requests[0]?.headers["user-agent"], "srs(simple rtmp server)1.2.3");
});

Deno.test("A kept connection that the service closed is not an error", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("*", { body: 0, thenClose: true });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_play: receiver.url() })));
  for (let i = 0; i < 40; i++) await tested.admitted("on_play");
});

Deno.test("HookService.request() ends with ask_timeout, waiting included", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_play", "hang");
  const vhost = vhostHooks({ on_play: receiver.url() }, {
    timeoutMs: 600_000,
    askTimeoutMs: 150,
    maxConcurrency: 2,
  });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const from = performance.now();
  const verdicts = await Promise.all([1, 2, 3].map(() => tested.request("on_play")));
  assertEquals(verdicts.map((verdict) => verdict.kind), ["deny", "deny", "deny"]);
  assertLess(performance.now() - from, 60_000);
  const [line] = await tested.log.waitFor("no full answer in");
  const waitedMs = Number(/no full answer in ([\d.]+) ms/.exec(String(line?.fields.cause))?.[1]);
  assert(waitedMs > 0 && waitedMs <= 150, `the call was given ${waitedMs} ms`);
});

Deno.test("The log has one line a call, with id, client, verdict and time, without secrets", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks({ on_play: receiver.url() })));
  await tested.admitted("on_play");
  receiver.reply("*", { status: 500, body: `{"token":"hush-hush", "a":"${"x".repeat(1000)}"}` });
  await tested.request("on_play");
  const [yes, error] = tested.log.lines;
  assertEquals([yes?.clientId, yes?.message, yes?.level], [4, "Hook called", "trace"]);
  assertEquals([yes?.fields.event, yes?.fields.verdict, error?.fields.verdict], ["on_play", "yes", "error"]);
  assertEquals(yes?.fields.id, receiver.requests[0]?.headers["webhook-id"]);
  assert(typeof yes?.fields.ms === "number");
  assertEquals([error?.message, error?.level], ["Hook called", "warn"]);
  assertStringIncludes(String(error?.fields.answer), '"token":"***"');
  assert(!tested.log.text().includes("hush"));
  assert(String(error?.fields.answer).length < 300);
});

Deno.test("proxy is the way calls take when it is named", async () => {
  await using proxy = await HookReceiver.start();
  const vhost = vhostHooks({ on_play: "http://service.invalid/hooks?a=b" }, { proxy: proxy.url("") });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await tested.admitted("on_play");
  assertEquals(proxy.requests.map((request) => request.path), ["http://service.invalid/hooks?a=b"]);
});
