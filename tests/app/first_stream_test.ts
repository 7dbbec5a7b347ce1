/**
 * The addresses that the banner suggests are those of a stream that this configuration serves.
 *
 * @module
 */
import { firstStream } from "../../app/first_stream.ts";
import { loadConfig } from "../../config/mod.ts";
import { Mount } from "../../http/remux/mount.ts";
import { vhostPathOf } from "../../http/vhost_path.ts";
import { HeaderBlock } from "../../http/server/header_block.ts";
import { readRequestHead } from "../../http/server/request_head.ts";
import { resolveTarget } from "../../stream/admission/stream_target.ts";
import { assert, assertEquals } from "../support/assert.ts";

function configOf(text: string) {
  return loadConfig({ text, env: {}, version: "", serverId: "" }).config;
}

const CASES = [
  { name: "the defaults", text: "", vhost: "__defaultVhost__" },
  { name: "one vhost with a dot", text: '[vhost."tv.example.com"]', vhost: "tv.example.com" },
  { name: "one vhost without a dot", text: "[vhost.tv]", vhost: "tv" },
  {
    name: "a default vhost and another",
    text: "[vhost.tv]\n[vhost.__defaultVhost__]",
    vhost: "__defaultVhost__",
  },
  {
    name: "a default vhost that is off",
    text: '[vhost.__defaultVhost__]\nenabled = false\n[vhost."tv.example.com"]',
    vhost: "tv.example.com",
  },
  { name: "a first vhost that is off", text: "[vhost.a]\nenabled = false\n[vhost.b]", vhost: "b" },
  {
    name: "other mounts",
    text:
      '[vhost."tv.example.com".http_remux]\nmount = ["[vhost]/[app]/[stream].ts", "/x/[app]/[stream].mp3"]',
    vhost: "tv.example.com",
  },
  {
    name: "other mounts of a name without a dot",
    text: '[vhost.tv.http_remux]\nmount = ["[vhost]/[app]/[stream].ts"]',
    vhost: "tv",
  },
];

for (const { name, text, vhost } of CASES) {
  Deno.test(`firstStream() gives addresses that lead to a stream: ${name}`, () => {
    const config = configOf(text);
    const { rtmp, http } = config;
    const first = firstStream(config);
    assert(first !== undefined);
    const { tcUrl, streamName } = splitAsFfmpeg(first.rtmpPath);
    assertEquals({ tcUrl, streamName }, {
      tcUrl: `rtmp://localhost/${first.rtmpApp}`,
      streamName: first.name,
    });
    const connect = resolveTarget(rtmp, { tcUrl });
    assertEquals("vhost" in connect && connect.vhost.name, vhost, JSON.stringify(connect));
    const target = resolveTarget(rtmp, { tcUrl }, streamName);
    assert("vhost" in target, JSON.stringify(target));
    assertEquals([target.vhost.name, target.url.app, target.url.stream], [vhost, "live", "livestream"]);
    const mounts = rtmp.vhosts.get(vhost)?.httpRemux.mount ?? [];
    assertEquals(first.httpPaths.length, mounts.length + 1);
    for (const [index, path] of first.httpPaths.entries()) {
      const found = pathOf(path, rtmp.vhosts);
      assertEquals(found?.vhost.name, vhost, path);
      const mount = mounts[index];
      if (mount === undefined) continue;
      const match = new Mount(mount).match(found?.segments ?? [], { vhostPart: found?.vhostPart ?? false });
      assertEquals(match, { app: "live", stream: "livestream" }, path);
    }
    assertEquals(first.page === undefined ? vhost : pathOf(first.page, rtmp.vhosts)?.vhost.name, vhost);
    assertEquals(http.server.player, first.page !== undefined);
  });
}

/** ffmpeg, players and OBS connect with what is before the last slash. */
function splitAsFfmpeg(path: string): { readonly tcUrl: string; readonly streamName: string } {
  const at = path.lastIndexOf("/");
  return { tcUrl: `rtmp://localhost/${path.slice(0, at)}`, streamName: path.slice(at + 1) };
}

function pathOf(path: string, vhosts: Parameters<typeof vhostPathOf>[1]) {
  const headers = new HeaderBlock(new Uint8Array(), ["Host: localhost:8080"]);
  const head = readRequestHead(`GET /${path} HTTP/1.1`, headers, { maxBodyBytes: 0, defaultHost: "x" });
  assert("url" in head);
  return vhostPathOf(head, vhosts);
}

Deno.test("firstStream() has no paths by HTTP where a vhost has none, and no page without any", () => {
  const off = configOf("[vhost.a.http_remux]\nenabled = false\n[vhost.a.hls]\nenabled = false");
  assertEquals([firstStream(off)?.httpPaths, firstStream(off)?.page], [[], undefined]);
  const sound = '[vhost.a.http_remux]\nmount = "/[app]/[stream].mp3"\n[vhost.a.hls]\nenabled = false';
  assertEquals(firstStream(configOf(sound))?.page, undefined);
  assertEquals(firstStream(configOf("[http_server]\nplayer = false"))?.page, undefined);
});

Deno.test("firstStream() says what has to be added", () => {
  const access = '[vhost.a.access]\npublish_keys = ["abcdefghijklmnop"]\nsigned_play = true\n' +
    'url_secrets = ["0123456789abcdef0123456789abcdef"]\n';
  assertEquals(firstStream(configOf(access))?.notes, [
    "to publish, add the parameter key=..., one of access.publish_keys",
    "to play, sign the address (srs sign ADDRESS --for play)",
  ]);
  const both = access.replace("signed_play", "signed_publish");
  assertEquals(firstStream(configOf(both))?.notes, [
    "to publish, sign the address (srs sign ADDRESS --for publish), or by key=..., one of access.publish_keys",
  ]);
  assertEquals(firstStream(configOf("[vhost.a]\nenabled = false")), undefined);
});
