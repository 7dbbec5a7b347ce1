/**
 * HLS on several threads: one muxes a stream, whichever it is published on, and any answers a viewer's requests.
 *
 * @module
 */
import { assert, assertEquals, assertGreater } from "../../support/assert.ts";
import { TestPublisher } from "../../support/hls/hls_harness.ts";
import { type ReadPlaylist, readPlaylist } from "../../support/hls/playlist_reader.ts";
import { PlaylistValidator } from "../../support/hls/playlist_validator.ts";
import { defaultRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";

/** A request on a connection of its own, so that any thread may get it. */
async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(url, { headers: { Connection: "close" } });
  return { status: response.status, text: await response.text() };
}

Deno.test("viewers of several threads see one list, are one session, and are kicked on all", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2, hooked: true });
  const base = `http://127.0.0.1:${harness.server.addresses.http[0]?.port}/live`;
  // With several streams some are muxed on another thread than the one that publishes them.
  for (const [number, name] of ["a", "b", "c", "d"].entries()) {
    const client = await harness.clientOn(number % 2);
    await client.publish(name);
    const publisher = new TestPublisher(client);
    await publisher.send(5000);
    const first = await get(`${base}/${name}.m3u8`);
    assertEquals(first.status, 200, first.text);
    const path = first.text.trim().split("\n").at(-1) ?? "";
    const folder = path.slice(0, path.lastIndexOf("/"));
    const validator = new PlaylistValidator();
    let newest: ReadPlaylist | undefined;
    for (let round = 0; round < 8; round++) {
      await publisher.send(1000);
      const sequence: number = newest?.segments.at(-1)?.sequence ?? 0;
      const query = newest === undefined ? "" : `?_HLS_msn=${sequence}`;
      const answer = await get(`${base}/${path}${query}`);
      assertEquals(answer.status, 200, answer.text);
      const playlist = readPlaylist(answer.text);
      // Updates reach threads one after another, so one may be a moment behind.
      if (newest !== undefined && (playlist.segments.at(-1)?.sequence ?? 0) < sequence) continue;
      validator.add(playlist);
      newest = playlist;
    }
    assertEquals(validator.violations, []);
    assertGreater(newest?.segments.length ?? 0, 2);
    for (const { uri, map } of newest?.segments ?? []) {
      for (const file of [uri, map]) assertEquals((await get(`${base}/${folder}/${file}`)).status, 200);
    }
    const plays = harness.hooks.lines.filter((line) =>
      line.startsWith("on_play") && line.endsWith(`live/${name}`)
    );
    assertEquals(plays.length, 1);
    const clientId = Number(plays[0]?.split(" ")[1]);
    assert(await harness.server.kick(clientId));
    await harness.hooks.next("on_stop");
    for (let round = 0; round < 4; round++) assertEquals((await get(`${base}/${path}`)).status, 410);
  }
});

Deno.test("without sessions any thread has what another has listed", async () => {
  const defaults = defaultRtmpOptions().vhosts.get("__defaultVhost__")?.hls;
  assert(defaults !== undefined);
  await using harness = await ThreadedHarness.start({
    threads: 2,
    vhost: { hls: { ...defaults, ctx: false } },
  });
  const base = `http://127.0.0.1:${harness.server.addresses.http[0]?.port}/live`;
  for (const [number, name] of ["a", "b", "c", "d"].entries()) {
    const client = await harness.clientOn(number % 2);
    await client.publish(name);
    await new TestPublisher(client).send(5000);
    const { segments } = readPlaylist((await get(`${base}/${name}.m3u8`)).text);
    const [{ uri, map } = { uri: "", map: "" }] = segments;
    // Connections are given to the threads in turn.
    const answers = await Promise.all([uri, uri, map, map].map((file) => get(`${base}/${file}`)));
    assertEquals(answers.map(({ status }) => status), [200, 200, 200, 200]);
  }
});
