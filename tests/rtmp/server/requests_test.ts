/**
 * While an answer is awaited: what is held, who may leave, and that a late answer touches nothing newer.
 *
 * @module
 */
import type { RequestEvent } from "../../../core/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import type { ScriptedAnswer } from "../../support/hooks/hook_script.ts";
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient, StatusReply } from "../../support/rtmp/rtmp_client.ts";

/** An answer to asks of one event that the test gives when it likes; yes to all others. */
function heldAnswer(harness: RtmpHarness, event: RequestEvent): (answer: ScriptedAnswer) => void {
  const { promise, resolve } = Promise.withResolvers<ScriptedAnswer>();
  harness.hooks.answer = (request) => request.event === event ? promise : "yes";
  return resolve;
}

Deno.test("Connection answers a refused connect with _error and closes; on_close is not called", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = () => ({ no: "You are not invited" });
  const client = await harness.open();
  const reply = await client.connectApp({ port: harness.port });
  assertEquals(reply.name, "_error");
  const info = reply.args.find((arg) => arg instanceof Amf0Object);
  assert(info instanceof Amf0Object);
  assertEquals(info.get("code"), "NetConnection.Connect.Rejected");
  assertEquals(info.get("description"), "You are not invited");
  assertEquals(await client.closed, "fin");
  assertEquals(harness.hooks.lines, ["on_connect 1 live"]);
});

const REFUSED: readonly {
  event: "on_publish" | "on_play";
  code: string;
  ask(client: RtmpTestClient): Promise<StatusReply>;
}[] = [
  { event: "on_publish", code: "NetStream.Publish.Rejected", ask: (client) => client.publish("livestream") },
  { event: "on_play", code: "NetStream.Play.Failed", ask: (client) => client.play("livestream") },
];

for (const { event, code, ask } of REFUSED) {
  Deno.test(`Connection answers a refused ${event} with ${code} and closes; only on_close is called`, async () => {
    await using harness = RtmpHarness.start();
    harness.hooks.answer = (request) => request.event === event ? { no: "Wrong key" } : "yes";
    const client = await harness.client();
    const status = await ask(client);
    assertEquals([status.level, status.code, status.description], ["error", code, "Wrong key"]);
    assertEquals(await client.closed, "fin");
    await harness.hooks.next("on_close");
    assertEquals(harness.hooks.lines, [
      "on_connect 1 live",
      `${event} 1 live/livestream`,
      "on_close 1 live rejected",
    ]);
  });

  Deno.test(`Connection tells the address of a redirect with the refusal of ${event}`, async () => {
    await using harness = RtmpHarness.start();
    const redirect = "rtmp://other.example.com/live/livestream";
    harness.hooks.answer = (request) => request.event === event ? { no: "Elsewhere", redirect } : "yes";
    const status = await ask(await harness.client());
    assertStringIncludes(JSON.stringify(describe(status.info)), redirect);
  });

  Deno.test(`Connection lets a client leave while ${event} is asked, and a late yes is ended`, async () => {
    await using harness = RtmpHarness.start();
    harness.hooks.obeysAborts = false;
    const answer = heldAnswer(harness, event);
    const client = await harness.client();
    const asked = ask(client).catch((error: unknown) => error);
    await harness.hooks.next(event);
    await client.close();
    await asked;
    await harness.logged("Connection ended");
    answer("yes");
    await harness.hooks.next("on_close");
    const ending = event === "on_publish" ? "on_unpublish" : "on_stop";
    assertEquals(harness.hooks.lines, [
      "on_connect 1 live",
      `${event} 1 live/livestream`,
      `${ending} 1 live/livestream client`,
      "on_close 1 live client",
    ]);
    assertEquals(
      harness.log.filter(({ message }) => /accepted|refused/.test(message)).length,
      1,
      "the connect alone",
    );
  });

  Deno.test(`Connection lets a client withdraw while ${event} is asked, and ask again`, async () => {
    await using harness = RtmpHarness.start();
    const answer = heldAnswer(harness, event);
    const client = await harness.client();
    const first = ask(client);
    await harness.hooks.next(event);
    harness.hooks.answer = () => "yes";
    await client.streamCommand("closeStream");
    await client.createStream();
    await client.streamCommand(event === "on_publish" ? "publish" : "play", "second");
    await harness.hooks.next(event);
    const status = await first;
    assertMatch(status.code, /^NetStream\.(?:Publish|Play)\.Start$/);
    answer({ no: "Too late" });
    await client.command("_checkbw");
    assertEquals(harness.hooks.lines, [
      "on_connect 1 live",
      `${event} 1 live/livestream`,
      `${event} 1 live/second`,
    ]);
  });
}

Deno.test("Connection lets a client leave while on_connect is asked", async () => {
  await using harness = RtmpHarness.start();
  for (const obeysAborts of [true, false]) {
    harness.hooks.records.length = 0;
    harness.hooks.obeysAborts = obeysAborts;
    const answer = heldAnswer(harness, "on_connect");
    const client = await harness.open();
    const reply = client.connectApp({ port: harness.port }).catch((error: unknown) => error);
    await harness.hooks.next("on_connect");
    await client.close();
    await reply;
    await harness.logged("Connection ended");
    answer("yes");
    if (!obeysAborts) await harness.hooks.next("on_close");
    assertEquals(harness.hooks.records.map(({ event }) => event), [
      "on_connect",
      ...(obeysAborts ? [] : ["on_close" as const]),
    ]);
  }
});

Deno.test("Connection asks on_connect of a vhost that the stream names, once, and tells its on_close", async () => {
  await using harness = RtmpHarness.start({ vhosts: ["video.test.com"] });
  const client = await harness.client();
  await client.publish("livestream?vhost=video.test.com");
  await client.streamCommand("closeStream");
  await harness.hooks.next("on_unpublish");
  await client.publish("other?vhost=video.test.com");
  await client.close();
  await harness.hooks.next("on_close");
  await harness.hooks.next("on_close");
  const lines = harness.hooks.records.map(({ event, request }) => `${event} ${request.client.vhost}`);
  assertEquals(lines.slice(0, -2), [
    "on_connect __defaultVhost__",
    "on_connect video.test.com",
    "on_publish video.test.com",
    "on_unpublish video.test.com",
    "on_publish video.test.com",
    "on_unpublish video.test.com",
  ]);
  assertEquals(lines.slice(-2).sort(), ["on_close __defaultVhost__", "on_close video.test.com"]);
});

Deno.test("Connection whom the stream's vhost refuses is refused its stream", async () => {
  const redirect = "rtmp://other.example.com/live/livestream";
  await using harness = RtmpHarness.start({ vhosts: ["video.test.com"] });
  harness.hooks.answer = ({ client }) =>
    client.vhost === "video.test.com" ? { no: "Not here", redirect } : "yes";
  for (const ask of ["publish", "play"] as const) {
    harness.hooks.records.length = 0;
    const client = await harness.client();
    const status = await client[ask]("livestream?vhost=video.test.com");
    assertEquals(status.description, "Not here");
    assertStringIncludes(JSON.stringify(describe(status.info)), redirect);
    await harness.hooks.next("on_close");
    assertEquals(harness.hooks.records.map(({ event, request }) => `${event} ${request.client.vhost}`), [
      "on_connect __defaultVhost__",
      "on_connect video.test.com",
      "on_close __defaultVhost__",
    ]);
  }
});

Deno.test("Connection asks nobody about names that break the grammar", async () => {
  await using harness = RtmpHarness.start();
  for (const ask of ["publish", "play"] as const) {
    const client = await harness.client();
    const status = await client[ask]("a<b");
    assertEquals(status.level, "error");
    assertStringIncludes(status.description, "stream name");
    await client.closed;
  }
  const client = await harness.open();
  const reply = await client.connectApp({ port: harness.port, tcUrl: "rtmp://127.0.0.1/li<ve" });
  assertEquals(reply.name, "_error");
  assertEquals(
    harness.hooks.records.filter(({ event }) => event === "on_publish" || event === "on_play"),
    [],
  );
});

function describe(value: unknown): unknown {
  return value instanceof Map
    ? Object.fromEntries([...value].map(([key, item]) => [key, describe(item)]))
    : value;
}
