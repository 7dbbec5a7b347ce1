import type { RequestEvent } from "../../../core/mod.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import type { ScriptedAnswer } from "../../support/hooks/hook_script.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";

/** An answer to asks of one event that the test gives when it likes; yes to all others. */
function heldAnswer(harness: RtmpHarness, event: RequestEvent): (answer: ScriptedAnswer) => void {
  const { promise, resolve } = Promise.withResolvers<ScriptedAnswer>();
  harness.hooks.answer = (request) => request.event === event ? promise : "yes";
  return resolve;
}

function isVideo({ typeId }: { readonly typeId: number }): boolean {
  return typeId === MessageType.Video;
}

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
