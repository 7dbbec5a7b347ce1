/**
 * HTTP-FLV and WebSocket-FLV on two threads: each player is served by the thread that accepted it, from its own log.
 *
 * @module
 */
import { FIRST_IDS } from "../../../app/threads/thread_gateway.ts";
import { MediaBody } from "../../support/http/media_body.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { demuxTs } from "../../support/stream/ts_demuxer.ts";
import { FlvClient } from "../../support/http/flv_client.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** The system spreads connections: all of these on one thread would be a miracle. */
const PLAYERS = 16;

Deno.test("Players by HTTP on two threads get the same stream, its true tracks, and one bound of connections", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2, maxPlayers: PLAYERS });
  const { client: publisher } = await harness.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  for (let time = 40; time <= 600; time += 40) await publisher.sendVideo(avcKeyFrame(), time);
  const port = harness.server.addresses.http[0]?.port ?? 0;
  await using players = new AsyncDisposableStack();
  const open = async (webSocket = false): Promise<FlvClient> =>
    players.use(await FlvClient.send({ port, path: "/live/cam.flv", webSocket }));
  const first = await Promise.all(Array.from({ length: PLAYERS / 2 }, (_, i) => open(i % 2 === 0)));
  for (const player of first) assertEquals(await player.flags(), 1, "video alone");
  await publisher.sendAudio(aacSequenceHeader(), 640);
  await publisher.sendAudio(aacFrame(), 640);
  await publisher.sendVideo(avcKeyFrame(), 640);
  for (const player of first) while ((await player.tag()).time < 640);
  const second = await Promise.all(Array.from({ length: PLAYERS / 2 }, (_, i) => open(i % 2 === 0)));
  for (const player of second) assertEquals(await player.flags(), 5, "and sound");
  const { connections, accepted } = await harness.server.snapshot();
  const totals = await harness.server.totals();
  assertEquals([totals.connections, totals.accepted], [connections, accepted]);
  const ids = (await harness.server.snapshot()).clients
    .filter(({ role }) => role === "play").map(({ clientId }) => clientId);
  const threads = new Set(ids.map((id) => Math.floor((id - 1) / FIRST_IDS)));
  assertEquals([ids.length, threads.size], [PLAYERS, 2]);
  const refused = await open();
  assertEquals(await refused.status(), 503);
  const [kicked] = ids;
  assert(kicked !== undefined && await harness.server.kick(kicked));
  const marked = avcKeyFrame({ size: 4321 });
  await publisher.sendVideo(marked, 680);
  let got = 0;
  for (const player of [...first, ...second]) {
    const hasMarked = async (): Promise<boolean> => {
      for (;;) if ((await player.tag()).payload.length === marked.length) return true;
    };
    if (await hasMarked().catch(() => false)) got++;
  }
  assertEquals(got, PLAYERS - 1);
});

Deno.test("MPEG-TS and sound alone come from another thread, and go on when the publisher moves to another one", async () => {
  const mount = ["flv", "ts", "mp3", "aac"].map((extension) => `[vhost]/[app]/[stream].${extension}`);
  const vhost = testRtmpOptions({}).vhosts.get("__defaultVhost__");
  assert(vhost !== undefined);
  const httpRemux = { ...vhost.httpRemux, mount };
  await using harness = await ThreadedHarness.start({ threads: 2, vhost: { httpRemux } });
  const origin = `http://127.0.0.1:${harness.server.addresses.http[0]?.port}/live`;
  const publish = async (thread: number): Promise<RtmpTestClient> => {
    const publisher = await harness.clientOn(thread);
    await publisher.publish("cam");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    await publisher.sendAudio(aacSequenceHeader(), 0);
    for (let time = 0; time < 200; time += 40) {
      await publisher.sendVideo(avcKeyFrame(), time);
      await publisher.sendAudio(aacFrame(), time);
    }
    return publisher;
  };
  const first = await publish(0);
  await using players = new AsyncDisposableStack();
  const open = async (file: string): Promise<MediaBody> =>
    players.use(await MediaBody.open(`${origin}/${file}`));
  const watching = await Promise.all(Array.from({ length: PLAYERS }, () => open("cam.ts")));
  const refused = await Promise.all(Array.from({ length: PLAYERS }, () => open("cam.mp3")));
  assertEquals(refused.map(({ response }) => response.status), refused.map(() => 415));
  const listening = await Promise.all(Array.from({ length: PLAYERS }, () => open("cam.aac")));
  await first.leave("cam");
  await publish(1);
  const ids = (await harness.server.snapshot()).clients
    .filter(({ role }) => role === "play").map(({ clientId }) => clientId);
  assertEquals(new Set(ids.map((id) => Math.floor((id - 1) / FIRST_IDS))).size, 2, "players on both threads");
  for (const player of watching) {
    let content = demuxTs((await player.atLeast(188)).slice(0, 0));
    for (let packets = 1; content.pes.length < 12; packets++) {
      const bytes = await player.atLeast(188 * packets);
      const whole = bytes.slice(0, bytes.length - bytes.length % 188);
      content = demuxTs(whole, { restarts: true });
    }
    const times = content.pes.map(({ dts }) => dts);
    for (const pid of [0x100, 0x101]) {
      const own = content.pes.filter((pes) => pes.pid === pid).map(({ dts }) => dts);
      assertEquals(own, own.toSorted((a, b) => a - b), "time never goes back");
    }
    assert((times.at(-1) ?? 0) > (times[0] ?? 0));
  }
  for (const player of listening) {
    const bytes = await player.atLeast(13);
    assertEquals([bytes[0], bytes[1]], [0xff, 0xf1]);
  }
});

Deno.test("the page of a stream and its scripts are served by threads, too", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const url = `http://127.0.0.1:${harness.server.addresses.http[0]?.port}`;
  const headers = { accept: "text/html", connection: "close" };
  const page = await fetch(`${url}/live/cam`, { headers });
  const [, script = ""] = /<script[^>]* src="([^"]+)"/.exec(await page.text()) ?? [];
  const answer = await fetch(new URL(script, `${url}/live/cam`));
  await answer.body?.cancel();
  assertEquals([page.status, answer.status], [200, 200], script);
});
