/**
 * Viewers of HLS over real sockets: one session for many requests, its hooks, its endings, and what it is answered.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertMatch } from "../../support/assert.ts";
import { HlsHarness } from "../../support/hls/hls_harness.ts";
import { readPlaylist } from "../../support/hls/playlist_reader.ts";

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

Deno.test("a viewer is requested once, gets all it is listed, and ends idle with its bytes", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await harness.hooks.next("on_publish");
  await publisher.send(5000);
  const path = await harness.view("live/livestream.m3u8?token=7");
  const { request } = await harness.hooks.next("on_play");
  assertEquals([request.client.protocol, request.client.app, request.stream?.stream, request.stream?.param], [
    ...["hls", "live", "livestream", "?token=7"],
  ]);
  assertEquals(request.client.tcUrl, harness.url("live"));
  await publisher.send(4000);
  const playlist = readPlaylist((await harness.get(path)).text);
  for (const { uri, map, parts } of playlist.segments) {
    for (const name of [uri, map, ...parts.map((part) => part.uri)]) {
      assertEquals((await harness.get(`${folderOf(path)}/${name}`)).status, 200, name);
    }
  }
  assertEquals((await harness.get(`${folderOf(path)}/s1.m4s`)).status, 404);
  await harness.clock.skip(9000);
  assertEquals(harness.hooks.linesOf(request.client.clientId).length, 1);
  await harness.clock.skip(3500);
  const { ending } = await harness.hooks.next("on_stop");
  assertEquals(ending?.reason, "idle");
  assertGreater(ending?.sendBytes ?? 0, 5000);
  assert((ending?.durationMs ?? Infinity) < 10_000, "the duration ends with the last answer");
});

Deno.test("a refused viewer is answered with the reason, and one that returns after idling begins again", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  harness.hooks.answer = ({ event }) => event === "on_play" ? { no: "Not for you" } : "yes";
  const refused = await harness.get("live/livestream.m3u8");
  assertEquals([refused.status, refused.text], [403, "Not for you\n"]);
  assertEquals(refused.headers.get("access-control-allow-origin"), "*");
  harness.hooks.answer = () => "yes";
  await harness.hooks.next("on_play");
  const path = await harness.view("live/livestream.m3u8?token=7");
  const first = await harness.hooks.next("on_play");
  await harness.clock.skip(13_000);
  await harness.hooks.next("on_stop");
  assertEquals((await harness.get(path)).status, 200);
  const second = await harness.hooks.next("on_play");
  assert(second.request.client.clientId !== first.request.client.clientId);
  assertEquals(second.request.stream?.param, "?token=7");
});

Deno.test("a viewer goes on under the same path in another process that has the key", async () => {
  let path = "";
  {
    await using harness = await HlsHarness.start();
    await (await harness.publisher()).send(5000);
    path = await harness.view();
  }
  await using other = await HlsHarness.start();
  await (await other.publisher()).send(5000);
  assertEquals((await other.get(path)).status, 200);
  await other.hooks.next("on_play");
  await using stranger = await HlsHarness.start({ viewerKey: new Uint8Array(32).fill(8) });
  await (await stranger.publisher()).send(5000);
  assertEquals((await stranger.get(path)).status, 404);
});

Deno.test("a kicked viewer is answered 410 from then on, also one that is held", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  const path = await harness.view();
  const { request } = await harness.hooks.next("on_play");
  const { segments } = readPlaylist((await harness.get(path)).text);
  const last = segments.at(-1)?.sequence ?? 0;
  const held = harness.get(`${path}?_HLS_msn=${last + 1}`);
  assert(await harness.node.kick(request.client.clientId));
  assertEquals((await held).status, 410);
  const { ending } = await harness.hooks.next("on_stop");
  assertEquals(ending?.reason, "kicked");
  assertEquals((await harness.get(path)).status, 410);
});

Deno.test("a request for what is not there yet is held until it is", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  const path = await harness.view();
  const { segments, open, hint } = readPlaylist((await harness.get(path)).text);
  const sequence = (segments.at(-1)?.sequence ?? 0) + 1;
  const parts = open?.parts.length ?? 0;
  const playlist = harness.get(`${path}?_HLS_msn=${sequence}&_HLS_part=${parts + 1}&_HLS_skip=YES`);
  const part = harness.get(`${folderOf(path)}/${hint}`);
  await publisher.send(800);
  assertEquals((await part).status, 200);
  const later = readPlaylist((await playlist).text);
  const isListed = later.segments.some((segment) => segment.sequence === sequence);
  assert(isListed || (later.open?.parts.length ?? 0) > parts + 1);
  for (const query of ["_HLS_msn=x", "_HLS_part=1", `_HLS_msn=${sequence + 9}`]) {
    assertEquals((await harness.get(`${path}?${query}`)).status, 400, query);
  }
});

Deno.test("a held request ends in time where the publisher sends nothing, and the playlist stays while it is away", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  const path = await harness.view();
  const first = await harness.get(path);
  const { segments, hint } = readPlaylist(first.text);
  const sequence = (segments.at(-1)?.sequence ?? 0) + 1;
  const held = [harness.get(`${path}?_HLS_msn=${sequence}`), harness.get(`${folderOf(path)}/${hint}`)];
  const answers = await harness.clock.skipUntil(Promise.all(held));
  assertEquals(answers.map(({ status }) => status), [200, 404]);
  await publisher.client.close();
  await harness.hooks.next("on_unpublish");
  const away = await harness.get(path);
  assertEquals(away.status, 200);
  assert(!away.text.includes("ENDLIST"));
});

Deno.test("the part that was hinted is 404 as soon as another publish begins: it is none of the one before", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  const path = await harness.view();
  const { hint } = readPlaylist((await harness.get(path)).text);
  const part = harness.get(`${folderOf(path)}/${hint}`);
  await publisher.client.close();
  await harness.logged("Publish ended");
  const last = readPlaylist((await harness.get(path)).text);
  const second = await harness.publisher();
  await second.send(1000);
  assertEquals((await part).status, last.hint === hint ? 404 : 200);
  const { open, segments } = readPlaylist((await harness.get(path)).text);
  const first = [...segments, ...(open === undefined ? [] : [open])].find(({ discontinuity, sequence }) =>
    discontinuity && sequence > (last.segments.at(-1)?.sequence ?? 0)
  );
  assertGreater(first?.parts.length ?? 0, 0);
  assert(first?.parts.every(({ uri }) => uri !== last.hint));
  assertEquals((await harness.get(`${folderOf(path)}/${last.hint}`)).status, 404);
});

Deno.test("a stream that nobody publishes is 404 after a while, and the viewer ends idle", async () => {
  await using harness = await HlsHarness.start();
  const answer = await harness.clock.skipUntil(harness.get("live/nothing.m3u8"));
  assertEquals(answer.status, 404);
  const { ending } = await harness.hooks.next("on_stop");
  assertEquals(ending?.reason, "idle");
});

Deno.test("a viewer that waits gets the stream as soon as it is published", async () => {
  await using harness = await HlsHarness.start();
  const answer = harness.get("live/livestream.m3u8");
  await harness.hooks.next("on_play");
  await (await harness.publisher()).send(1500);
  assertMatch((await answer).text, /CODECS="avc1\.42c00a,mp4a\.40\.2",RESOLUTION=64x64,FRAME-RATE=25\.000/);
});

Deno.test("HEAD decides nothing, OPTIONS tells what may be asked, and playlists are gzip for those that take it", async () => {
  await using harness = await HlsHarness.start();
  await (await harness.publisher()).send(5000);
  const head = await harness.get("live/anything.m3u8", { method: "HEAD" });
  assertEquals([head.status, head.text], [200, ""]);
  assertEquals((await harness.get("live/livestream.m3u8", { method: "OPTIONS" })).status, 204);
  assertEquals(harness.hooks.lines.filter((line) => line.includes("on_play")), []);
  const path = await harness.view();
  const plain = await harness.get(path, { headers: { "Accept-Encoding": "identity" } });
  const packed = await harness.get(path, { headers: { "Accept-Encoding": "gzip" } });
  assertEquals(packed.text, plain.text);
  assertEquals(packed.headers.get("vary"), "Accept-Encoding");
  assertGreater(plain.text.length, 100);
});

Deno.test("the last answer of a connection says so, though its bytes are shared with others", async () => {
  await using harness = await HlsHarness.start({ hls: { ctx: false } });
  await (await harness.publisher()).send(5000);
  for (const [option, said] of [["keep-alive", null], ["close", "close"]] as const) {
    const { headers } = await harness.get("live/livestream.m3u8", { headers: { Connection: option } });
    assertEquals(headers.get("connection"), said);
  }
});

Deno.test("without sessions the playlist is at the stream's own path, cacheable, and no hook is called", async () => {
  await using harness = await HlsHarness.start({ hls: { ctx: false } });
  await (await harness.publisher()).send(5000);
  const playlist = await harness.get("live/livestream.m3u8");
  assertEquals([playlist.status, playlist.headers.get("cache-control")], [200, "max-age=1"]);
  const { segments } = readPlaylist(playlist.text);
  const [first] = segments;
  assertMatch(first?.uri ?? "", /^livestream\/s\d+\.m4s$/);
  const media = await harness.get(`live/${first?.uri}`);
  assertEquals([media.status, media.headers.get("cache-control")], [200, "max-age=3600, immutable"]);
  const blocked = await harness.get(`live/livestream.m3u8?_HLS_msn=${first?.sequence}`);
  assertEquals(blocked.headers.get("cache-control"), "max-age=12");
  assertEquals(harness.hooks.lines.filter((line) => line.includes("on_play")), []);
});

Deno.test("caches keep a playlist that was held in vain for a second alone", async () => {
  await using harness = await HlsHarness.start({ hls: { ctx: false } });
  await (await harness.publisher()).send(5000);
  const { segments, open } = readPlaylist((await harness.get("live/livestream.m3u8")).text);
  const next = (segments.at(-1)?.sequence ?? 0) + 1;
  const queries = [`_HLS_msn=${next}`, `_HLS_msn=${next}&_HLS_part=${open?.parts.length ?? 0}`];
  const held = Promise.all(queries.map((query) => harness.get(`live/livestream.m3u8?${query}`)));
  for (const { status, headers } of await harness.clock.skipUntil(held)) {
    assertEquals([status, headers.get("cache-control")], [200, "max-age=1"]);
  }
});

Deno.test("a session that is bound to its address is refused from another one", async () => {
  await using harness = await HlsHarness.start({ hls: { bindIp: true } });
  await (await harness.publisher()).send(5000);
  const path = await harness.view();
  assertEquals((await harness.get(path)).status, 200);
  const client = Deno.createHttpClient({ localAddress: "127.0.0.2" });
  const other = await fetch(harness.url(path), { client });
  assertEquals(other.status, 403);
  await other.body?.cancel();
  client.close();
});

Deno.test("viewers above max_hls_viewers are turned away, and counted", async () => {
  await using harness = await HlsHarness.start({ limits: { maxHlsViewers: 1 } });
  await (await harness.publisher()).send(5000);
  const path = await harness.view();
  const refused = await harness.get("live/livestream.m3u8");
  assertEquals([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  assertEquals((await harness.get(path)).status, 200);
  assertEquals(harness.node.limitCounts().max_hls_viewers, 1);
});

Deno.test("a client that has closed its sending side gets what it waits for", async () => {
  await using harness = await HlsHarness.start();
  const publisher = await harness.publisher();
  await publisher.send(5000);
  const path = await harness.view();
  const { segments, open } = readPlaylist((await harness.get(path)).text);
  const next = `_HLS_msn=${(segments.at(-1)?.sequence ?? 0) + 1}&_HLS_part=${open?.parts.length ?? 0}`;
  using conn = await Deno.connect({ port: Number(new URL(harness.url("")).port) });
  await conn.write(new TextEncoder().encode(`GET /${path}?${next} HTTP/1.1\r\nHost: h\r\n\r\n`));
  await conn.closeWrite();
  const answer = new Response(conn.readable).text();
  await publisher.send(1000);
  assertMatch(await answer, /^HTTP\/1\.1 200 OK\r\n[^]*#EXT-X-PART:/);
});
