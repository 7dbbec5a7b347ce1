/**
 * One call over real sockets: its size, its repeat, and when the service wants to be called again.
 *
 * @module
 */
import { MAX_ANSWER_BYTES } from "../../../hooks/contract/answer_body.ts";
import { type Call, type CallOutcome, HttpCaller } from "../../../hooks/client/http_caller.ts";
import { MAX_CLIENT_AGE_MS } from "../../../hooks/client/renewed_client.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assert, assertEquals, assertGreater, assertLess } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

const OPTIONS = { caCert: undefined, clientCert: undefined, clientKey: undefined, proxy: undefined };

async function call(url: string): Promise<CallOutcome> {
  const caller = new HttpCaller(OPTIONS, new SystemClock());
  try {
    return await caller.call(callTo(url));
  } finally {
    caller.close();
  }
}

function callTo(url: string): Call {
  return {
    url,
    headers: { "accept-encoding": "identity" },
    body: "{}",
    timeoutMs: 5000,
    signal: undefined,
  };
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

for (
  const { bytes, kind } of [
    { bytes: MAX_ANSWER_BYTES, kind: "answered" },
    { bytes: MAX_ANSWER_BYTES + 1, kind: "failed" },
  ]
) {
  Deno.test(`HttpCaller.call() takes an answer of ${bytes} bytes as ${kind}, its length announced or not`, async () => {
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

Deno.test("HttpCaller.call() repeats once where a connection ends before its answer", async () => {
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

Deno.test("HttpCaller.call() takes a service that answered a moment ago for one that may have had the request", async () => {
  await using receiver = await HookReceiver.start();
  const clock = new ManualClock();
  const caller = new HttpCaller(OPTIONS, clock);
  const failure = async () => {
    const outcome = await caller.call(callTo(receiver.url()));
    return outcome.kind === "failed" ? outcome.failure : outcome.kind;
  };
  const seen = [await failure(), await failure()];
  await receiver.stop();
  seen.push(await failure());
  await clock.advance(5000);
  seen.push(await failure());
  caller.close();
  assertEquals(seen, ["answered", "answered", "gone", "connect"]);
});

Deno.test("HttpCaller.call() distinguishes a service that went away with the request from one that was not there", async () => {
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
  await tested.log.waitFor("Hook called event=on_unpublish verdict=retry");
  // Where nothing can be connected to, the first answer of any kind wakes the queue.
  receiver.reply("on_unpublish", 0);
  receiver.listen();
  await tested.admitted("on_publish", { stream: "other" });
  await receiver.waitFor("on_unpublish", 2);
});

Deno.test("HttpCaller.call() follows no redirect", async () => {
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
  Deno.test(`HttpCaller.call() reads Retry-After: ${text}`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("*", { status: 503, headers: { "retry-after": text } });
    const outcome = await call(receiver.url());
    assert(outcome.kind === "answered");
    assertEquals(outcome.retryAfterMs, ms);
  });
}

Deno.test("HttpCaller.call() reads Retry-After: a date", async () => {
  await using receiver = await HookReceiver.start();
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  receiver.reply("*", { status: 503, headers: { "retry-after": date } });
  const outcome = await call(receiver.url());
  assert(outcome.kind === "answered");
  assertGreater(outcome.retryAfterMs ?? 0, 3_500_000);
});

Deno.test("HttpCaller.call() decodes gzip that was not requested, within the bound, and leaves the rest as it is", async () => {
  const answer = new TextEncoder().encode('{"code":1}');
  const packed = await gzip(answer);
  const bomb = await gzip(new Uint8Array(32 * 1024 * 1024));
  assertLess(bomb.length, MAX_ANSWER_BYTES);
  const cases = [
    { name: "gzip", encoding: "gzip", sent: packed, got: answer },
    { name: "its old name", encoding: "X-GZip", sent: packed, got: answer },
    {
      name: "the most there may be",
      encoding: "gzip",
      sent: await gzip(new Uint8Array(MAX_ANSWER_BYTES)),
      got: MAX_ANSWER_BYTES,
    },
    {
      name: "a byte more",
      encoding: "gzip",
      sent: await gzip(new Uint8Array(MAX_ANSWER_BYTES + 1)),
      got: undefined,
    },
    { name: "a bomb", encoding: "gzip", sent: bomb, got: undefined },
    { name: "gzip that is cut", encoding: "gzip", sent: packed.subarray(0, 15), got: packed.subarray(0, 15) },
    { name: "no gzip", encoding: "gzip", sent: answer, got: answer },
    { name: "something else", encoding: "br", sent: packed, got: packed },
  ];
  let sent: Uint8Array<ArrayBuffer> = packed;
  let encoding = "";
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    return new Response(sent, { headers: { "content-encoding": encoding } });
  });
  for (const each of cases) {
    ({ sent, encoding } = each);
    const before = Deno.memoryUsage().external;
    const outcome = await call(`http://127.0.0.1:${server.addr.port}/`);
    assertLess(Deno.memoryUsage().external - before, 8 * 1024 * 1024, each.name);
    if (each.got === undefined) {
      assert(outcome.kind === "failed", each.name);
      assertEquals(outcome.failure, "too_large", each.name);
    } else {
      assert(outcome.kind === "answered", each.name);
      if (typeof each.got === "number") assertEquals(outcome.body.length, each.got, each.name);
      else assertEquals(outcome.body, each.got, each.name);
    }
  }
});

Deno.test("HttpCaller keeps no connection longer than a client's age, and ends no call for that", async () => {
  await using receiver = await HookReceiver.start();
  const clock = new ManualClock();
  const caller = new HttpCaller(OPTIONS, clock);
  const connection = async (path: string): Promise<number | undefined> => {
    const outcome = await caller.call({ ...callTo(receiver.url(path)), timeoutMs: 10 * MAX_CLIENT_AGE_MS });
    assertEquals(outcome.kind, "answered");
    return receiver.requests.findLast((request) => request.path === path)?.connection;
  };
  assertEquals([await connection("/a"), await connection("/b")], [1, 1]);
  const answer = Promise.withResolvers<number>();
  receiver.reply("*", ({ path }) => path === "/slow" ? answer.promise : 0);
  const slow = connection("/slow");
  await receiver.waitFor(({ path }) => path === "/slow");
  await clock.advance(MAX_CLIENT_AGE_MS - 1);
  assertEquals([await connection("/c"), await connection("/d")], [2, 2]);
  await clock.advance(1);
  assertEquals([await connection("/e"), await connection("/f")], [3, 3]);
  answer.resolve(0);
  assertEquals(await slow, 1);
  await clock.advance(MAX_CLIENT_AGE_MS);
  assertEquals(await connection("/g"), 4);
  caller.close();
});

Deno.test("HttpCaller.call() sees a Retry-After date from the service's own clock where it shows it", async () => {
  await using receiver = await HookReceiver.start();
  // A service, or this machine, whose clock is years off.
  const headers = { "retry-after": "Wed, 21 Oct 2015 07:29:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT" };
  receiver.reply("*", { status: 503, headers });
  const outcome = await call(receiver.url());
  assert(outcome.kind === "answered");
  assertEquals(outcome.retryAfterMs, 60_000);
});
