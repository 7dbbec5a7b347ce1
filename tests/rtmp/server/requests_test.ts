/**
 * While an answer is awaited: what is held, who may leave, and that a late answer touches nothing newer.
 *
 * @module
 */
import type { RequestEvent } from "../../../core/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../../support/assert.ts";
import type { ScriptedAnswer } from "../../support/hooks/hook_script.ts";
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient, StatusReply } from "../../support/rtmp/rtmp_client.ts";

/** An answer to asks of one event that the test gives when it likes; yes to all others. */
function heldAnswer(harness: RtmpHarness, event: RequestEvent): (answer: ScriptedAnswer) => void {
  const { promise, resolve } = Promise.withResolvers<ScriptedAnswer>();
  harness.hooks.answer = (request) => request.event === event ? promise : "yes";
  return resolve;
}

function isVideo({ typeId }: { readonly typeId: number }): boolean {
  return typeId === MessageType.Video;
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

Deno.test("Connection holds what a publisher sends before its answer, then takes it", async () => {
  await using harness = RtmpHarness.start();
  const answer = heldAnswer(harness, "on_publish");
  const player = await harness.client();
  await player.play("livestream");
  const client = await harness.client();
  const started = client.publish("livestream");
  await harness.hooks.next("on_publish");
  await client.sendVideo(avcSequenceHeader(), 0);
  await client.sendVideo(avcKeyFrame({ size: 20_000 }), 0);
  assertEquals(player.pending.filter(isVideo), []);
  answer("yes");
  assertEquals((await started).code, "NetStream.Publish.Start");
  const payloads = [await player.waitFor(isVideo), await player.waitFor(isVideo)].map(({ payload }) =>
    payload
  );
  assertEquals(payloads, [avcSequenceHeader(), avcKeyFrame({ size: 20_000 })]);
});

/** 6 Mbit/s for 3 s, in frames of 30,000 bytes: what a relay sends that waits for no answer. */
const EARLY_FRAMES = 75;
const EARLY_FRAME_BYTES = 30_000;

/** Send them, and do not wait: the socket takes only a part. */
async function sendEarly(client: RtmpTestClient): Promise<void> {
  await client.sendVideo(avcSequenceHeader(), 0);
  for (let i = 0; i < EARLY_FRAMES; i++) {
    await client.sendVideo(avcKeyFrame({ size: EARLY_FRAME_BYTES }), i * 40);
  }
}

/** The player got all of it, in order. */
async function assertEarlyFrames(player: RtmpTestClient): Promise<void> {
  assertEquals((await player.waitFor(isVideo)).payload, avcSequenceHeader());
  const first = await player.waitFor(isVideo);
  for (let i = 1; i < EARLY_FRAMES; i++) {
    const { timestamp, payload } = await player.waitFor(isVideo);
    assertEquals([timestamp - first.timestamp, payload.length], [i * 40, EARLY_FRAME_BYTES]);
  }
}

Deno.test("Connection leaves unread what is too much before the answer to publish, then takes all of it", async () => {
  await using harness = RtmpHarness.start();
  const answer = heldAnswer(harness, "on_publish");
  const player = await harness.client();
  await player.play("livestream");
  const client = await harness.client();
  const started = client.publish("livestream");
  await harness.hooks.next("on_publish");
  const sending = sendEarly(client);
  const { fields } = await harness.logged("Socket left unread until the answer");
  assertEquals(fields.max_held_bytes, 65_536);
  assertEquals(harness.server.limitCounts().max_held_bytes, 1);
  const { clients } = await harness.server.snapshot();
  const received = clients.find(({ clientId }) => clientId === 2)?.recvBytes ?? 0;
  assert(received < 65_536 + 16 * 1024, `${received} bytes were read`);
  assertEquals(player.pending.filter(isVideo), []);
  answer("yes");
  assertEquals((await started).code, "NetStream.Publish.Start");
  await sending;
  await assertEarlyFrames(player);
  assertEquals(harness.hooks.lines.filter((line) => line.startsWith("on_publish")).length, 1);
});

Deno.test("Connection leaves unread what is too much before the answer to connect, then takes all of it", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.play("livestream");
  const answer = heldAnswer(harness, "on_connect");
  const client = await harness.open();
  const connected = client.connectApp({ port: harness.port });
  const created = client.createStream();
  await client.streamCommand("publish", "livestream", "live");
  const sending = sendEarly(client);
  await harness.logged("Socket left unread until the answer");
  answer("yes");
  assertEquals([(await connected).name, await created], ["_result", 1]);
  assertEquals((await client.status()).code, "NetStream.Publish.Start");
  await sending;
  await assertEarlyFrames(player);
});

Deno.test("Connection leaves unread what is too much before the answer to play, then answers the rest", async () => {
  await using harness = RtmpHarness.start({ limits: { maxHeldBytes: 4096 } });
  const answer = heldAnswer(harness, "on_play");
  const client = await harness.client();
  const started = client.play("livestream");
  await harness.hooks.next("on_play");
  const sending = client.sendVideo(avcKeyFrame({ size: 200_000 }), 0);
  const reply = client.command("_checkbw");
  await harness.logged("Socket left unread until the answer");
  answer("yes");
  assertEquals((await started).code, "NetStream.Play.Start");
  await sending;
  assertEquals((await reply).name, "_result");
});

Deno.test("Connection tells a publisher that is left unread why it is refused", async () => {
  await using harness = RtmpHarness.start();
  const answer = heldAnswer(harness, "on_publish");
  const client = await harness.client();
  const started = client.publish("livestream");
  await harness.hooks.next("on_publish");
  const sending = sendEarly(client).catch((error: unknown) => error);
  await harness.logged("Socket left unread until the answer");
  answer({ no: "Not today" });
  const { code, description } = await started;
  assertEquals([code, description], ["NetStream.Publish.Rejected", "Not today"]);
  await client.closed;
  await sending;
});

Deno.test("Connection notices by a ping that a client which it does not read has left", async () => {
  await using harness = RtmpHarness.start();
  heldAnswer(harness, "on_publish");
  const client = await harness.client();
  const started = assertRejects(() => client.publish("livestream"));
  await harness.hooks.next("on_publish");
  const sending = sendEarly(client).catch((error: unknown) => error);
  await harness.logged("Socket left unread until the answer");
  await client.close();
  await started;
  await sending;
  await harness.clock.skipUntil(harness.hooks.next("on_close"));
  assertEquals(harness.hooks.lines, [
    "on_connect 1 live",
    "on_publish 1 live/livestream",
    "on_close 1 live client",
  ]);
});

Deno.test("Connection does not take a client for lost while it does not read it", async () => {
  await using harness = RtmpHarness.start({ limits: { pingIntervalMs: 100, pingTimeoutMs: 200 } });
  const answer = heldAnswer(harness, "on_publish");
  const client = await harness.client();
  const started = client.publish("livestream");
  await harness.hooks.next("on_publish");
  const sending = sendEarly(client);
  await harness.logged("Socket left unread until the answer");
  for (let i = 0; i < 2; i++) await harness.clock.skipUntil(client.waitForControl("pingRequest"));
  answer("yes");
  assertEquals((await started).code, "NetStream.Publish.Start");
  await sending;
});

Deno.test("Connection acts upon commands that came while connect was asked, in their order", async () => {
  await using harness = RtmpHarness.start();
  const answer = heldAnswer(harness, "on_connect");
  const client = await harness.open();
  const connected = client.connectApp({ port: harness.port });
  const created = client.createStream();
  await harness.hooks.next("on_connect");
  await client.streamCommand("publish", "livestream", "live");
  await client.sendAudio(aacFrame(), 0);
  answer("yes");
  assertEquals((await connected).name, "_result");
  assertEquals(await created, 1);
  assertEquals((await client.status()).code, "NetStream.Publish.Start");
});

Deno.test("Connection that fails over what it held for a player's answer gives everything back, each with its ending", async () => {
  await using harness = RtmpHarness.start({ vhost: { tcpNodelay: false } });
  const answer = heldAnswer(harness, "on_play");
  const client = await harness.client();
  const played = client.play("livestream").catch((error: unknown) => error);
  await harness.hooks.next("on_play");
  // Held, and then one too many.
  const again = client.connectApp({ port: harness.port }).catch((error: unknown) => error);
  // The server has read it: pings are answered whatever is held.
  await client.sendControl({ kind: "pingRequest", timestamp: 7 });
  await client.waitForControl("pingResponse");
  answer("yes");
  await harness.hooks.next("on_close");
  await Promise.all([played, again]);
  assertEquals(harness.hooks.lines, [
    "on_connect 1 live",
    "on_play 1 live/livestream",
    "on_stop 1 live/livestream protocol",
    "on_close 1 live protocol",
  ]);
  assertEquals([harness.server.sourceCount, harness.hooks.open], [0, 0]);
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
