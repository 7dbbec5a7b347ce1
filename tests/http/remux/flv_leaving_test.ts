/**
 * How a player of HTTP-FLV that leaves is noticed, over real sockets: by what it sends, or by what is written for it.
 *
 * @module
 */
import { connect } from "node:net";
import { assert, assertEquals } from "../../support/assert.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";

const PATH = "/live/cam.flv";

/** Publish half a second of pictures, enough for the file header. */
async function publish(harness: PlayerHarness): Promise<RtmpTestClient> {
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  for (let time = 0; time <= 600; time += 40) await publisher.sendVideo(avcKeyFrame(), time);
  return publisher;
}

for (const version of ["1.0", "1.1"] as const) {
  Deno.test(`A player that waits for a publisher and closes is gone at once (HTTP/${version})`, async () => {
    await using harness = await PlayerHarness.start();
    const player = await harness.send(PATH, { version });
    await harness.logged("Play accepted");
    const beforeMs = harness.clock.now();
    player.conn.close();
    assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
    assert(harness.clock.now() - beforeMs < 30_000, "not by missing_timeout, which is 60 s");
  });
}

Deno.test("A player that has closed before it is admitted is gone once it would wait", async () => {
  await using harness = await PlayerHarness.start();
  const answer = Promise.withResolvers<"yes">();
  harness.hooks.answer = () => answer.promise;
  const player = await harness.send(PATH);
  await harness.hooks.next("on_play");
  player.conn.close();
  answer.resolve("yes");
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

Deno.test("A player whose publisher has left is gone at once when it closes", async () => {
  await using harness = await PlayerHarness.start();
  const publisher = await publish(harness);
  const player = await harness.send(PATH);
  await player.flags();
  await publisher.leave("cam");
  await harness.logged("Publish ended");
  player.conn.close();
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});

Deno.test("A client that closes its sending side goes on watching, over a gap too, and is gone when it closes", async () => {
  await using harness = await PlayerHarness.start();
  const first = await publish(harness);
  const player = await harness.send(PATH);
  await player.flags();
  await player.conn.closeWrite();
  await harness.clock.skip(6000);
  const frame = avcKeyFrame({ size: 5000 });
  await first.sendVideo(frame, 640);
  for (let tag = await player.tag(); tag.payload.length !== frame.length;) tag = await player.tag();
  await first.leave("cam");
  await harness.logged("Publish ended");
  await harness.clock.skip(20_000);
  const second = await publish(harness);
  const marked = avcKeyFrame({ size: 5001 });
  await second.sendVideo(marked, 640);
  for (let tag = await player.tag(); tag.payload.length !== marked.length;) tag = await player.tag();

  player.conn.close();
  let over = false;
  const stopped = harness.hooks.next("on_stop").finally(() => over = true);
  for (let time = 680; !over; time += 40) {
    await second.sendVideo(avcKeyFrame(), time);
    await harness.node.snapshot();
  }
  assertEquals((await stopped).ending?.reason, "client");
});

Deno.test("A player that closes while its stream is live and silent is gone after 10 s", async () => {
  await using harness = await PlayerHarness.start({ publish: { normalTimeoutMs: 3_600_000 } });
  await publish(harness);
  const player = await harness.send(PATH);
  await player.flags();
  player.conn.close();
  const beforeMs = harness.clock.now();
  let over = false;
  const stopped = harness.hooks.next("on_stop").finally(() => over = true);
  for (let i = 0; i < 300 && !over; i++) await harness.clock.skip(1000);
  assertEquals((await stopped).ending?.reason, "client");
  assert(harness.clock.now() - beforeMs < 60_000);
});

Deno.test("A player that resets its connection, as one does that closes over unread bytes, has left", async () => {
  await using harness = await PlayerHarness.start();
  await publish(harness);
  const socket = connect(harness.httpPort, "127.0.0.1");
  socket.write(`GET ${PATH} HTTP/1.1\r\nHost: h\r\n\r\n`);
  const answered = Promise.withResolvers<void>();
  socket.once("data", () => answered.resolve());
  await answered.promise;
  const closed = Promise.withResolvers<void>();
  socket.once("close", () => closed.resolve());
  socket.resetAndDestroy();
  await closed.promise;
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "client");
});
