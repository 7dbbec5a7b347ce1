/**
 * HTTP-FLV and WebSocket-FLV on two threads: each player is served by the thread that accepted it, from its own log.
 *
 * @module
 */
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
  const ids = (await harness.server.snapshot()).clients
    .filter(({ role }) => role === "play").map(({ clientId }) => clientId);
  const threads = new Set(ids.map((id) => Math.floor((id - 1) / 1000)));
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
