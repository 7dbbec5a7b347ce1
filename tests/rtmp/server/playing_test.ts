/**
 * Players: joining, waiting, staying over a republish, pausing, lagging.
 *
 * @module
 */
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import { decodeData } from "../../../rtmp/wire/command.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
  metadata,
} from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { percentile } from "../../support/process/show.ts";

/** The flag of the command. */
const PAUSE = true;
const RESUME = false;

function isMedia({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video || typeId === MessageType.Audio;
}

function isMetadata(message: RtmpMessage): boolean {
  return message.typeId === MessageType.DataAmf0 && decodeData(message).name === "onMetaData";
}

/** Publish a key frame and two more, behind headers. */
async function publishGop(client: RtmpTestClient, from = 0): Promise<Uint8Array[]> {
  await client.sendMetadata(metadata());
  const payloads = [
    avcSequenceHeader(),
    avcKeyFrame({ size: 900, fill: 1 + from % 200 }),
    avcInterFrame(1),
    avcInterFrame(2),
  ];
  for (const [i, payload] of payloads.entries()) {
    await client.sendVideo(payload, from + Math.max(0, i - 1) * 40);
  }
  return payloads;
}

async function take(player: RtmpTestClient, count: number): Promise<RtmpMessage[]> {
  const messages: RtmpMessage[] = [];
  for (let i = 0; i < count; i++) messages.push(await player.waitFor(isMedia, `media ${i} of ${count}`));
  return messages;
}

Deno.test("PlaySession a stream that nobody publishes waits, and gets all of it from its beginning", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  assertEquals((await player.play("livestream")).code, "NetStream.Play.Start");
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const payloads = await publishGop(publisher);
  assertEquals((await take(player, 4)).map(({ payload }) => payload), payloads);
});

Deno.test("PlaySession begins at the GOP with metadata and headers, at once", async () => {
  await using harness = RtmpHarness.start({ vhost: { minLatency: false }, play: { mwLatencyMs: 60_000 } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const payloads = await publishGop(publisher);
  await publisher.command("_checkbw");
  const player = await harness.client();
  await player.play("livestream");
  await player.waitFor(isMetadata);
  // Nothing is flushed in the minute of mw_latency: a joining player does not wait for it.
  assertEquals((await take(player, 4)).map(({ payload }) => payload), payloads);
});

Deno.test("PlaySession gets what is behind the first picture a moment later than that picture", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  await publishGop(publisher);
  await publisher.command("_checkbw");
  const gaps: number[] = [];
  // A busy machine makes most gaps longer, and some shorter; without the moment nearly all are next to nothing.
  for (let i = 0; i < 9; i++) {
    const player = await harness.client();
    await player.play("livestream");
    await take(player, 2);
    const shownMs = performance.now();
    await take(player, 2);
    gaps.push(performance.now() - shownMs);
  }
  assert(percentile(gaps, 0.75) > 5, `${gaps} ms`);
});

Deno.test("PlaySession gives every player the same bytes, with every message on the NetStream", async () => {
  await using harness = RtmpHarness.start({ vhost: { chunkSize: 128 } });
  const players = [await harness.client(), await harness.client()];
  for (const player of players) await player.play("livestream");
  const publisher = await harness.client();
  await publisher.publish("livestream");
  await publishGop(publisher);
  const [first, second] = await Promise.all(players.map((player) => take(player, 4)));
  assertEquals(first, second);
  assert(first?.every(({ streamId }) => streamId === 1));
});

Deno.test("PlaySession stays over a republish: new headers, time goes on, one on_play", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.play("livestream");
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const publisher = await harness.client();
    await publisher.publish("livestream");
    const payloads = await publishGop(publisher, round * 77_000);
    const messages = await take(player, 4);
    assertEquals(messages.map(({ payload }) => payload), payloads);
    times.push(...messages.map(({ timestamp }) => timestamp));
    await player.waitFor(isMetadata);
    await publisher.leave("livestream");
    await harness.hooks.next("on_unpublish");
  }
  assertEquals(times, [0, 0, 40, 80, 90, 90, 130, 170, 180, 180, 220, 260]);
  assertEquals(harness.hooks.linesOf(1), ["on_connect live", "on_play live/livestream"]);
});

Deno.test("PlaySession pure audio joins with its header and goes on", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  await publisher.sendAudio(aacSequenceHeader(), 0);
  await publisher.sendAudio(aacFrame(), 0);
  await publisher.command("_checkbw");
  const player = await harness.client();
  await player.play("livestream");
  await publisher.sendAudio(aacFrame(), 23);
  const messages = await take(player, 2);
  assertEquals(messages.map(({ payload }) => payload), [aacSequenceHeader(), aacFrame()]);
  assertEquals(messages[1]?.timestamp, 23);
});

Deno.test("PlaySession is held by pause and goes on from there", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  await publishGop(publisher);
  await take(player, 4);
  await player.streamCommand("pause", PAUSE, 0);
  await player.status("NetStream.Pause.Notify");
  await publisher.sendVideo(avcInterFrame(3), 120);
  await publisher.command("_checkbw");
  await player.command("_checkbw");
  assertEquals(player.pending.filter(isMedia), []);
  await player.streamCommand("pause", RESUME, 0);
  await player.status("NetStream.Unpause.Notify");
  assertEquals((await take(player, 1))[0]?.payload, avcInterFrame(3));
});

Deno.test("PlaySession too slowly goes on at a newer key frame, counted in the log; others lose nothing", async () => {
  await using harness = RtmpHarness.start({ play: { queueLengthMs: 1000, timeJitter: "zero" } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const slow = await harness.client();
  const quick = await harness.client();
  await slow.play("livestream");
  await quick.play("livestream");
  slow.pauseReading();
  const SECONDS = 12;
  await publisher.sendVideo(avcSequenceHeader(), 0);
  for (let second = 0; second < SECONDS; second++) {
    await publisher.sendVideo(avcKeyFrame({ size: 1_000_000 }), second * 1000);
    for (let i = 1; i < 4; i++) await publisher.sendVideo(avcInterFrame(i), second * 1000 + i * 200);
    await take(quick, second === 0 ? 5 : 4);
  }
  slow.resumeReading();
  const seen: RtmpMessage[] = [];
  while (timeOf(seen.at(-1)) !== 11_600) seen.push(...await take(slow, 1));
  assertLess(seen.length, 1 + SECONDS * 4);
  // Whatever was left out, what follows it is a key frame.
  const gaps = seen.filter((message, i) => i > 1 && timeOf(message) - timeOf(seen[i - 1]) > 400);
  assert(gaps.length > 0);
  assert(gaps.every(({ payload }) => payload[0] === 0x17));
  const { fields } = await harness.logged("Player is too slow");
  assertEquals(fields.outcome, "continued at a newer key frame");
  assertEquals([fields.url, fields.jumps], ["/live/livestream", gaps.length]);
  assertEquals([fields.limit, fields.ip], ["play.queue_length", "127.0.0.1"]);
  const counts = harness.server.limitCounts();
  assertEquals([counts["play.queue_length"], counts.max_lag_bytes], [gaps.length, 0]);
});

Deno.test("PlaySession too slowly a stream without further key frames goes on at its head, and the log says so", async () => {
  await using harness = RtmpHarness.start({ play: { queueLengthMs: 1000, timeJitter: "zero" } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame({ size: 900 }), 0);
  await take(player, 2);
  await player.streamCommand("pause", PAUSE, 0);
  await player.status("NetStream.Pause.Notify");
  let time = 0;
  const send = async (until: number): Promise<void> => {
    while (time < until) await publisher.sendVideo(avcInterFrame(1), time += 40);
    await publisher.command("_checkbw");
  };
  await send(4000);
  await player.streamCommand("pause", RESUME, 0);
  await player.status("NetStream.Unpause.Notify");
  const waits = await harness.logged("Player is too slow");
  assertEquals(waits.fields.outcome, "waits for a key frame");
  assertEquals([waits.fields.limit, waits.fields.jumps], ["play.queue_length", 1]);
  await send(15_000);
  const goesOn = await harness.logged("Player is too slow");
  assertEquals(goesOn.fields.outcome, "continued at the newest data, without a key frame");
  assertEquals([goesOn.fields.limit, goesOn.fields.jumps], ["play.queue_length", 1]);
  assertEquals(harness.log.filter(({ message }) => message === "Player is too slow").length, 2);
  await send(15_040);
  const [header, frame] = await take(player, 2);
  assertEquals([header?.payload, frame?.payload], [avcSequenceHeader(), avcInterFrame(1)]);
  const counts = harness.server.limitCounts();
  assertEquals([counts["play.queue_length"], counts.max_lag_bytes], [1, 0]);
});

Deno.test("A play that is over is reported once, and the source is released", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  await player.streamCommand("closeStream");
  await player.streamCommand("closeStream");
  await harness.hooks.next("on_stop");
  await publishGop(publisher);
  await publisher.command("_checkbw");
  await player.command("_checkbw");
  assertEquals(player.pending.filter(isMedia), []);
  assertEquals(harness.hooks.linesOf(2).filter((line) => line.startsWith("on_stop")).length, 1);
});

function timeOf(message: RtmpMessage | undefined): number {
  return message?.timestamp ?? NaN;
}

Deno.test("PlaySession begins with data and headers of time 0, and media of the stream's time", async () => {
  await using harness = RtmpHarness.start({ play: { timeJitter: "off" } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  await publishGop(publisher, 3_600_000);
  await publisher.command("_checkbw");
  const player = await harness.client();
  await player.play("livestream");
  const received = await take(player, 4);
  assertEquals(received.map(({ timestamp }) => timestamp), [0, 3_600_000, 3_600_040, 3_600_080]);
  const times = player.pending.filter(({ typeId }) => typeId === MessageType.DataAmf0)
    .map((message) => `${decodeData(message).name} ${message.timestamp}`);
  assertEquals(times, ["|RtmpSampleAccess 0", "onMetaData 0"]);
});
