/**
 * One call over real sockets: its size, its repeat, and when the service wants to be called again.
 *
 * @module
 */
import { Caller, type CallOutcome, MAX_ANSWER_BYTES } from "../../hooks/caller.ts";
import { SystemClock } from "../../system/mod.ts";
import { assert, assertEquals, assertGreater } from "../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../support/hook_fixtures.ts";
import { HookReceiver } from "../support/hook_receiver.ts";

const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

async function call(url: string): Promise<CallOutcome> {
  const caller = new Caller({
    caCert: undefined,
    clientCert: undefined,
    clientKey: undefined,
    proxy: undefined,
  }, new SystemClock());
  try {
    return await caller.call({ url, headers: {}, body: "{}", timeoutMs: 5000, signal: undefined });
  } finally {
    caller.close();
  }
}

for (
  const { bytes, kind } of [
    { bytes: MAX_ANSWER_BYTES, kind: "answered" },
    { bytes: MAX_ANSWER_BYTES + 1, kind: "failed" },
  ]
) {
  Deno.test(`Caller.call() takes an answer of ${bytes} bytes as ${kind}, its length announced or not`, async () => {
    const body = " ".repeat(bytes);
    await using receiver = await HookReceiver.start();
    receiver.reply("*", { body });
    await using chunked = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
      return new Response(new Blob([body]).stream());
    });
    for (const url of [receiver.url(), `http://127.0.0.1:${chunked.addr.port}/`]) {
      const outcome = await call(url);
      assertEquals([outcome.kind, outcome.status], [kind, 200]);
      if (outcome.kind === "failed") assertEquals(outcome.failure, "too_large");
    }
  });
}

Deno.test("Caller.call() repeats once where a connection ends before its answer", async () => {
  await using receiver = await HookReceiver.start();
  let first = true;
  receiver.reply("*", () => {
    const reply = first ? "close" : 0;
    first = false;
    return reply;
  });
  assertEquals((await call(receiver.url())).kind, "answered");
  receiver.reply("*", "close");
  const outcome = await call(receiver.url());
  assert(outcome.kind === "failed");
  assertEquals([outcome.failure, receiver.requests.length], ["broken", 4]);
});

Deno.test("Caller.call() tells a service that went away with the request from one that was not there", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const serving = (async () => {
    using conn = await listener.accept();
    await conn.read(new Uint8Array(4096));
    listener.close();
  })();
  const failures: string[] = [];
  for (let i = 0; i < 2; i++) {
    const outcome = await call(url);
    assert(outcome.kind === "failed");
    failures.push(outcome.failure);
  }
  await serving;
  assertEquals(failures, ["gone", "connect"]);
});

Deno.test("A service that goes down with an ending in its hands counts as down", async () => {
  await using receiver = await HookReceiver.start();
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url()))),
    SLOW_RETRIES,
  );
  const lease = await tested.admitted("on_publish");
  receiver.reply("on_unpublish", () => {
    void receiver.stop();
    return "close";
  });
  await lease.end(CLIENT_LEFT);
  await tested.log.waitFor("Hook on_unpublish retry");
  // Where nothing can be connected to, the first answer of any kind wakes the queue.
  receiver.reply("on_unpublish", 0);
  receiver.listen();
  await tested.admitted("on_publish", { stream: "other" });
  await receiver.waitFor("on_unpublish", 2);
});

Deno.test("Caller.call() follows no redirect", async () => {
  await using other = await HookReceiver.start();
  await using receiver = await HookReceiver.start();
  for (const status of [301, 302, 303, 307, 308]) {
    receiver.reply("*", { status, headers: { location: other.url() } });
    const outcome = await call(receiver.url());
    assertEquals([outcome.kind, outcome.status], ["answered", status]);
  }
  assertEquals(other.requests, []);
});

for (
  const { text, ms } of [
    { text: "0", ms: 0 },
    { text: "120", ms: 120_000 },
    { text: "999999999", ms: 999_999_999_000 },
    { text: "Wed, 21 Oct 2015 07:28:00 GMT", ms: 0 },
    { text: "soon", ms: undefined },
    { text: "99999999999999999999", ms: undefined },
  ]
) {
  Deno.test(`Caller.call() reads Retry-After: ${text}`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("*", { status: 503, headers: { "retry-after": text } });
    const outcome = await call(receiver.url());
    assert(outcome.kind === "answered");
    assertEquals(outcome.retryAfterMs, ms);
  });
}

Deno.test("Caller.call() reads Retry-After: a date", async () => {
  await using receiver = await HookReceiver.start();
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  receiver.reply("*", { status: 503, headers: { "retry-after": date } });
  const outcome = await call(receiver.url());
  assert(outcome.kind === "answered");
  assertGreater(outcome.retryAfterMs ?? 0, 3_500_000);
});
