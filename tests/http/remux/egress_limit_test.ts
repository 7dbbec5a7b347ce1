/**
 * Players of all protocols beyond `limits.max_egress_kbps`: refused with the reason, or sent elsewhere.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";

const FRAME_MS = 40;
const REDIRECT = ["rtmp://edge2.example.com", "http://edge2.example.com:8080"];

/** 2 s of about 800 kbit/s, while the clock runs along. */
async function publish(harness: PlayerHarness, publisher: RtmpTestClient, from = 0): Promise<void> {
  if (from === 0) await publisher.sendVideo(avcSequenceHeader(), 0);
  for (let frame = 0; frame < 50; frame++) {
    const data = frame % 25 === 0 ? avcKeyFrame({ size: 4000 }) : avcInterFrame(frame % 25, { size: 4000 });
    await publisher.sendVideo(data, from + frame * FRAME_MS);
    if (frame % 25 === 24) {
      await publisher.command("_checkbw");
      await harness.clock.skip(1000);
    }
  }
}

async function fullServer(redirect: readonly string[]): Promise<PlayerHarness> {
  const harness = await PlayerHarness.start({ limits: { maxEgressKbps: 1000, redirect } });
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publish(harness, publisher);
  const first = await harness.send("/live/cam.flv");
  assertEquals(await first.status(), 200);
  await publish(harness, publisher, 2000);
  return harness;
}

Deno.test("a player beyond what a server may send is refused with the reason, those that watch go on", async () => {
  await using harness = await fullServer([]);
  const player = await harness.client();
  const refused = await player.play("cam");
  assertEquals([refused.code, refused.description], [
    "NetStream.Play.Failed",
    "This server sends as much as it may",
  ]);
  const webSocket = await harness.send("/live/cam.flv", { webSocket: true });
  assertEquals(await webSocket.status(), 503);
  const response = await fetch(`http://127.0.0.1:${harness.httpPort}/live/cam.m3u8`);
  assertEquals([response.status, await response.text()], [503, "This server sends as much as it may\n"]);
  assertEquals(harness.node.limitCounts().max_egress_kbps, 3);
  const line = await harness.logged("Limit reached");
  assertEquals(line.fields.limit, "max_egress_kbps");
  assertEquals((await harness.node.snapshot()).clients.filter(({ role }) => role === "play").length, 1);
});

Deno.test("a player beyond what a server may send goes where limits.redirect says", async () => {
  await using harness = await fullServer(REDIRECT);
  const player = await harness.client();
  const { info } = await player.play("cam?token=t");
  const ex = info.get("ex");
  assert(ex instanceof Amf0Object);
  assertEquals([ex.get("code"), ex.get("redirect")], [302, "rtmp://edge2.example.com/live/cam?token=t"]);
  for (const name of ["cam.flv", "cam.m3u8"]) {
    const url = `http://127.0.0.1:${harness.httpPort}/live/${name}?token=t`;
    const response = await fetch(url, { redirect: "manual" });
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("location")], [
      302,
      `http://edge2.example.com:8080/live/${name}?token=t`,
    ]);
  }
});

Deno.test("players that the service refuses take no room of what may be sent", async () => {
  await using harness = await PlayerHarness.start({ limits: { maxEgressKbps: 1000, redirect: [] } });
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publish(harness, publisher);
  harness.hooks.answer = ({ event, stream }) =>
    event === "on_play" && stream?.param === "?bad" ? { no: "Not you" } : "yes";
  for (let i = 0; i < 3; i++) {
    const { description } = await (await harness.client()).play("cam?bad");
    assertEquals(description, "Not you");
  }
  const player = await harness.send("/live/cam.flv");
  assertEquals(await player.status(), 200);
});
