/**
 * MPEG-TS and sound alone over real sockets: what players get, what is refused, and what hooks and the API say.
 *
 * @module
 */
import { MediaBody } from "../../support/http/media_body.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../../support/assert.ts";
import { demuxTs } from "../../support/stream/ts_demuxer.ts";

const MOUNTS = ["flv", "ts", "mp3", "aac"].map((extension) => `[vhost]/[app]/[stream].${extension}`);
const MP3_FRAME = Uint8Array.of(0xff, 0xfb, 0x90, 0x64, 1, 2, 3);
const ADTS_BYTES = 7;
/** A key frame of AV1 by Enhanced RTMP. */
const AV1_CONFIGURATION = Uint8Array.of(0x90, ...new TextEncoder().encode("av01"), 0x81, 5, 0x0c, 0);

async function start(mount: readonly string[] = MOUNTS): Promise<PlayerHarness> {
  return await PlayerHarness.start({ remux: { mount } });
}

async function open(harness: PlayerHarness, file: string): Promise<MediaBody> {
  return await MediaBody.open(`http://127.0.0.1:${harness.httpPort}/live/${file}`);
}

async function publish(harness: PlayerHarness, name = "cam"): Promise<RtmpTestClient> {
  const publisher = await harness.client();
  await publisher.publish(name);
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendAudio(aacSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await publisher.sendAudio(aacFrame(), 20);
  return publisher;
}

Deno.test("One publish is watched on all mounts, each in its own format", async () => {
  await using harness = await start();
  const publisher = await publish(harness);
  const expected = [
    ["cam.flv", "video/x-flv", "http-flv"],
    ["cam.ts", "video/mp2t", "http-ts"],
    ["cam.aac", "audio/aac", "http-aac"],
  ];
  for (const [file = "", type = "", protocol = ""] of expected) {
    await using player = await open(harness, file);
    const { status, headers } = player.response;
    assertEquals([status, headers.get("content-type")], [200, type], file);
    assertEquals([headers.get("cache-control"), headers.get("access-control-allow-origin")], [
      "no-store",
      "*",
    ]);
    const { request } = await harness.hooks.next("on_play");
    assertEquals([request.client.protocol, request.stream?.stream], [protocol, "cam"]);
    const shown = (await harness.node.snapshot()).clients.find(({ clientId }) =>
      clientId === request.client.clientId
    );
    assertEquals([shown?.protocol, shown?.streamUrl], [protocol, "/live/cam"]);
    if (file === "cam.aac") await publisher.sendAudio(aacFrame(), 60);
    const bytes = await player.atLeast(aacFrame().length - 2 + ADTS_BYTES);
    const first = file === "cam.flv" ? 0x46 : file === "cam.ts" ? 0x47 : 0xff;
    assertEquals(bytes[0], first, file);
    assert(await harness.node.kick(request.client.clientId));
    await assertRejects(() => player.whole(), TypeError);
    const { ending } = await harness.hooks.next("on_stop");
    assertEquals(ending?.reason, "kicked");
    assert((ending?.sendBytes ?? 0) > 0);
  }
});

Deno.test("A player of MPEG-TS starts at the newest key frame, and its answer is whole when nobody publishes any more", async () => {
  await using harness = await start();
  const publisher = await publish(harness);
  await publisher.sendVideo(avcInterFrame(1), 40);
  await using player = await open(harness, "cam.ts");
  assertEquals(demuxTs((await player.atLeast(5 * 188)).slice(0, 5 * 188)).pes.map(({ pid }) => pid), [
    0x100,
    0x101,
    0x100,
  ]);
  await publisher.leave("cam");
  await publish(harness);
  const { pes } = demuxTs((await player.atLeast(9 * 188)).slice(0, 9 * 188));
  const times = pes.map(({ dts }) => dts);
  assertEquals(times, times.toSorted((a, b) => a - b), "time never goes back");
  const second = (await harness.node.snapshot()).clients.find(({ role }) => role === "publish");
  await harness.node.kick(second?.clientId ?? 0);
  await harness.clock.skipUntil(player.whole());
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "idle");
});

Deno.test("Sound alone starts with what is published next, whatever the GOP", async () => {
  await using harness = await start();
  const publisher = await publish(harness);
  await using player = await open(harness, "cam.aac");
  await publisher.sendAudio(aacFrame(), 60);
  const bytes = await player.atLeast(13);
  assertEquals([bytes.length, ...bytes.subarray(7)], [13, ...aacFrame().subarray(2)]);
});

const REFUSED: readonly (readonly [string, string, (publisher: RtmpTestClient) => Promise<void>, string])[] =
  [
    ["AV1 as MPEG-TS", "cam.ts", async (publisher) => {
      await publisher.sendVideo(AV1_CONFIGURATION, 0);
    }, "MPEG-TS cannot carry AV1 of this stream: play it as FLV or HLS"],
    ["Speex as MPEG-TS", "cam.ts", async (publisher) => {
      await publisher.sendVideo(avcSequenceHeader(), 0);
      await publisher.sendAudio(Uint8Array.of(0xb2, 1, 2), 0);
    }, "MPEG-TS cannot carry Speex"],
    ["MP3 as AAC", "cam.aac", async (publisher) => {
      await publisher.sendAudio(Uint8Array.of(0x2f, ...MP3_FRAME), 0);
    }, "The sound of this stream is MP3, not AAC"],
    ["AAC as MP3", "cam.mp3", async (publisher) => {
      await publisher.sendAudio(aacSequenceHeader(), 0);
    }, "The sound of this stream is AAC, not MP3"],
    ["pictures as MP3", "cam.mp3", async (publisher) => {
      await publisher.sendVideo(avcSequenceHeader(), 0);
      for (let time = 0; time <= 520; time += 40) await publisher.sendVideo(avcKeyFrame(), time);
    }, "This stream has no sound"],
  ];
for (const [name, file, send, reason] of REFUSED) {
  for (const when of ["before", "after"] as const) {
    Deno.test(`${name} is refused with 415, asked for ${when} it is published`, async () => {
      await using harness = await start();
      const publisher = await harness.client();
      await publisher.publish("cam");
      if (when === "after") await send(publisher);
      const player = await harness.send(`/live/${file}`);
      if (when === "before") {
        await harness.logged("Play accepted");
        await send(publisher);
      }
      assertEquals(await player.status(), 415);
      assertStringIncludes(await player.text(), reason);
      assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "unsupported");
    });
  }
}

Deno.test("A republish with a codec that MPEG-TS cannot carry ends its players, and no others", async () => {
  await using harness = await start();
  const publisher = await publish(harness);
  await using player = await open(harness, "cam.ts");
  const flv = await harness.send("/live/cam.flv");
  assertEquals(await flv.flags(), 5);
  await player.atLeast(188);
  await publisher.leave("cam");
  const next = await harness.client();
  await next.publish("cam");
  await next.sendVideo(AV1_CONFIGURATION, 0);
  await harness.clock.skipUntil(assertRejects(() => player.whole(), TypeError));
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "unsupported");
  for (let tag = await flv.tag(); tag.payload[0] !== 0x90; tag = await flv.tag());
});

Deno.test("has_audio off leaves the pictures of MPEG-TS alone, and its codec does not count", async () => {
  await using harness = await PlayerHarness.start({ remux: { mount: MOUNTS, hasAudio: false } });
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendAudio(Uint8Array.of(0xb2, 1, 2), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await using player = await open(harness, "cam.ts");
  const { pes } = demuxTs((await player.atLeast(3 * 188)).slice());
  assertEquals(pes.map(({ pid }) => pid), [0x100]);
});

Deno.test("A path without a mount is 404, one that nobody publishes after missing_timeout; no WebSocket but for FLV", async () => {
  await using harness = await PlayerHarness.start({
    remux: { mount: MOUNTS.slice(0, 2), missing: "404", missingTimeoutMs: 5000 },
  });
  assertEquals(await (await harness.send("/live/cam.mp3")).status(), 404);
  const missing = await harness.send("/live/cam.ts");
  assertEquals(await missing.status(), 404);
  assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "idle");
  const upgrade = await harness.send("/live/cam.ts", { webSocket: true });
  assertEquals(await upgrade.status(), 400);
  assertStringIncludes(await upgrade.text(), "There is no WebSocket for paths that end in .ts");
  const described = await harness.send("/live/cam.ts", { method: "HEAD" });
  assertStringIncludes(await described.head(), "\r\ncontent-type: video/mp2t\r\n");
});
