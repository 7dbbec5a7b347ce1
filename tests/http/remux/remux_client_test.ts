/**
 * HTTP-FLV over real sockets: what a player gets, and how its answer ends.
 *
 * @module
 */
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { PlayerHarness } from "../../support/http/player_harness.ts";
import { until } from "../../support/wait.ts";

const VIDEO = 9;
const AUDIO = 8;
const PATH = "/live/cam.flv";

/** Publish configuration, a key frame and sound; all is there before a player, which gets it in the order of what is kept. */
async function publish(harness: PlayerHarness, name = "cam"): Promise<RtmpTestClient> {
  const publisher = await harness.client();
  await publisher.publish(name);
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendAudio(aacSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await publisher.sendAudio(aacFrame(), 20);
  await until(async () => {
    const { clients } = await harness.node.snapshot();
    return clients.some(({ stream, publication }) => stream === name && publication?.audioMessages === 2);
  });
  return publisher;
}

Deno.test("A player of HTTP-FLV gets header, configurations and media, and its hooks know how it played", async () => {
  await using harness = await PlayerHarness.start();
  const publisher = await publish(harness);
  await harness.hooks.next("on_publish");
  const player = await harness.send(`${PATH}?token=x`, { headers: ["Referer: http://page/"] });
  const head = await player.head();
  assertMatch(head, /^HTTP\/1\.1 200 OK\r\n/);
  for (const line of ["content-type: video/x-flv", "cache-control: no-store", "transfer-encoding: chunked"]) {
    assert(head.toLowerCase().includes(`\r\n${line}\r\n`), line);
  }
  assertEquals(await player.flags(), 5);
  const kinds = [];
  for (let i = 0; i < 4; i++) kinds.push((await player.tag()).typeId);
  assertEquals(kinds, [AUDIO, VIDEO, VIDEO, AUDIO]);
  const frame = avcKeyFrame({ size: 70_000 });
  await publisher.sendVideo(frame, 40);
  assertEquals((await player.tag()).payload, frame);

  const { request } = await harness.hooks.next("on_play");
  const { client, stream } = request;
  assertEquals([client.protocol, client.tcUrl, client.pageUrl], [
    "http-flv",
    `http://127.0.0.1:${harness.httpPort}/live`,
    "http://page/",
  ]);
  assertEquals([stream?.stream, stream?.param], ["cam", "?token=x"]);
  const [shown] = (await harness.node.snapshot()).clients.filter(({ role }) => role === "play");
  assertEquals([shown?.protocol, shown?.streamUrl], ["http-flv", "/live/cam"]);
  assert(await harness.node.kick(client.clientId));
  assertEquals(await player.end(), "cut");
  const { ending } = await harness.hooks.next("on_stop");
  assertEquals(ending?.reason, "kicked");
  assert((ending?.sendBytes ?? 0) > 70_000 && (ending?.recvBytes ?? 0) > 50, JSON.stringify(ending));
});

Deno.test("A player waits in silence for a publisher, over a republish on one time line, and ends whole when nobody comes", async () => {
  await using harness = await PlayerHarness.start();
  const player = await harness.send(PATH);
  await harness.logged("Play accepted");
  assert(player.silent);
  const first = await publish(harness);
  assertEquals([await player.status(), await player.flags()], [200, 5]);
  const times: number[] = [];
  for (let i = 0; i < 4; i++) times.push((await player.tag()).time);
  await first.leave("cam");
  await publish(harness);
  for (let i = 0; i < 4; i++) times.push((await player.tag()).time);
  assertEquals(times, times.toSorted((a, b) => a - b), "time never goes back");
  const second = (await harness.node.snapshot()).clients.find(({ role }) => role === "publish");
  await harness.node.kick(second?.clientId ?? 0);
  await harness.clock.skipUntil(player.end());
  assertEquals(await player.end(), "whole");
  const { ending } = await harness.hooks.next("on_stop");
  assertEquals(ending?.reason, "idle");
});

Deno.test("A stream without a publisher is 404 after missing_timeout, or at once", async () => {
  for (const missing of ["wait", "404"] as const) {
    await using harness = await PlayerHarness.start({ remux: { missing, missingTimeoutMs: 5000 } });
    const player = await harness.send(PATH);
    if (missing === "wait") {
      await harness.logged("Play accepted");
      assert(player.silent);
      await harness.clock.skipUntil(player.head());
    }
    assertEquals(await player.status(), 404);
    assertEquals((await harness.hooks.next("on_stop")).ending?.reason, "idle");
  }
});

for (
  const [name, sends, flags] of [
    ["audio alone", ["audio"], 4],
    ["video alone", ["video"], 1],
    ["both", ["audio", "video"], 5],
  ] as const
) {
  Deno.test(`The file header of ${name} says what the stream has`, async () => {
    await using harness = await PlayerHarness.start();
    const publisher = await harness.client();
    await publisher.publish("cam");
    const player = await harness.send(PATH);
    await harness.logged("Play accepted");
    const sendFrames = async (time: number): Promise<void> => {
      for (const kind of sends) {
        if (kind === "audio") await publisher.sendAudio(aacFrame(), time);
        else await publisher.sendVideo(avcKeyFrame(), time);
      }
    };
    for (const kind of sends) {
      if (kind === "audio") await publisher.sendAudio(aacSequenceHeader(), 0);
      else await publisher.sendVideo(avcSequenceHeader(), 0);
    }
    for (let time = 0; time <= 600; time += 40) await sendFrames(time);
    assertEquals(await player.flags(), flags);
  });
}

Deno.test("A track that comes late is for those who join after it", async () => {
  await using harness = await PlayerHarness.start();
  const publisher = await harness.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  for (let time = 0; time <= 600; time += 40) await publisher.sendVideo(avcKeyFrame(), time);
  const first = await harness.send(PATH);
  assertEquals(await first.flags(), 1);
  await publisher.sendAudio(aacSequenceHeader(), 640);
  await publisher.sendAudio(aacFrame(), 640);
  await publisher.sendVideo(avcKeyFrame(), 640);
  const second = await harness.send(PATH);
  assertEquals(await second.flags(), 5);
  const marked = avcKeyFrame({ size: 999 });
  await publisher.sendVideo(marked, 680);
  const seen: number[] = [];
  for (let tag = await first.tag(); tag.payload.length !== marked.length; tag = await first.tag()) {
    seen.push(tag.typeId);
  }
  assert(seen.length > 0 && seen.every((typeId) => typeId === VIDEO), seen.join());
});

Deno.test("has_video off leaves sound alone; guess_has_av off announces both", async () => {
  await using silent = await PlayerHarness.start({ remux: { hasVideo: false } });
  await publish(silent);
  const listener = await silent.send(PATH);
  assertEquals(await listener.flags(), 4);
  assertEquals((await listener.tag()).typeId, AUDIO);
  await using open = await PlayerHarness.start({ remux: { guessHasAv: false } });
  const publisher = await open.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  assertEquals(await (await open.send(PATH)).flags(), 5);
});

Deno.test("A refused player reads why, with what lets a page read it", async () => {
  await using harness = await PlayerHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_play" ? { no: "Buy a ticket" } : "yes";
  const player = await harness.send(PATH);
  assertEquals(await player.status(), 403);
  assertEquals(await player.text(), "Buy a ticket\n");
  assertMatch(await player.head(), /access-control-allow-origin: \*/i);
  await player.conn.write(new TextEncoder().encode(`HEAD ${PATH} HTTP/1.1\r\nHost: h\r\n\r\n`));
});

Deno.test("HEAD asks nobody, and OPTIONS allows pages of other sites", async () => {
  await using harness = await PlayerHarness.start();
  const head = await harness.send(PATH, { method: "HEAD", headers: ["Connection: close"] });
  assertEquals([await head.status(), await head.end()], [200, "cut"]);
  const preflight = await harness.send(PATH, {
    method: "OPTIONS",
    headers: ["Origin: http://a", "Access-Control-Request-Private-Network: true"],
  });
  assertEquals(await preflight.status(), 204);
  assertMatch(await preflight.head(), /access-control-allow-private-network: true/i);
  assertEquals(harness.hooks.records, []);
});

Deno.test("crossdomain off sends nothing to pages of other sites", async () => {
  await using harness = await PlayerHarness.start({ http: { crossdomain: false } });
  await publish(harness);
  assert(!/access-control/i.test(await (await harness.send(PATH)).head()));
  assert(!/access-control/i.test(await (await harness.send(PATH, { method: "OPTIONS" })).head()));
});

Deno.test("HTTP/1.0 gets the file to the end of the connection", async () => {
  await using harness = await PlayerHarness.start();
  await publish(harness);
  const player = await harness.send(PATH, { version: "1.0" });
  assertEquals([await player.status(), await player.flags()], [200, 5]);
  assert(!/transfer-encoding/i.test(await player.head()));
  assertEquals((await player.tag()).typeId, AUDIO);
});

Deno.test("A stop ends players, and those that wait with 503", async () => {
  await using harness = await PlayerHarness.start();
  await publish(harness);
  const player = await harness.send(PATH);
  await player.flags();
  const waiting = await harness.send("/live/other.flv");
  await harness.logged("Play accepted");
  await harness.logged("Play accepted");
  const drained = harness.node.drain();
  assertEquals([await player.end(), await waiting.status()], ["cut", 503]);
  await drained;
});
