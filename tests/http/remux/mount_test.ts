/**
 * Paths of streams: mounts, vhosts and names.
 *
 * @module
 */
import { Mount } from "../../../http/remux/mount.ts";
import { vhostPathOf } from "../../../http/vhost_path.ts";
import { HeaderBlock } from "../../../http/server/header_block.ts";
import { readRequestHead } from "../../../http/server/request_head.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const DEFAULT = "[vhost]/[app]/[stream].flv";

/** Mount, path without its vhost, and what it names: `app stream`. */
const PATHS: readonly (readonly [mount: string, path: string, found: string | undefined])[] = [
  [DEFAULT, "live/cam.flv", "live cam"],
  [DEFAULT, "live/a.flv.flv", "live a.flv"],
  [DEFAULT, "a/b/c.flv", "a/b c"],
  [DEFAULT, "cam.flv", undefined],
  [DEFAULT, "live/.flv", undefined],
  [DEFAULT, "live/cam", undefined],
  [DEFAULT, "live/cam.FLV", undefined],
  [DEFAULT, "live/cam.flvx", undefined],
  [DEFAULT, "live/直播.flv", "live 直播"],
  ["/tv/[app]/[stream]/live.flv", "tv/a/b/live.flv", "a b"],
  ["/tv/[app]/[stream]/live.flv", "live/b.flv", undefined],
  ["/[app]-[stream].flv", "a-b-c.flv", "a-b c"],
  ["/a.b/[app]/[stream].flv", "aXb/live/x.flv", undefined],
];
for (const [mount, path, found] of PATHS) {
  Deno.test(`${mount} ${found === undefined ? "is not" : "finds"} ${found ?? ""} at ${path}`, () => {
    const match = new Mount(mount).match(path.split("/"), { vhostPart: false });
    assertEquals(match && `${match.app} ${match.stream}`, found);
  });
}

Deno.test("Mount.match() takes the vhost from the path where the mount has it, and nowhere else", () => {
  const segments = ["tv.test", "live", "cam.flv"];
  assertEquals(new Mount(DEFAULT).match(segments, { vhostPart: true })?.app, "live");
  assertEquals(new Mount("/[app]/[stream].flv").match(segments, { vhostPart: true }), undefined);
});

const { vhosts } = testRtmpOptions({
  vhosts: ["tv.test"],
  otherVhosts: new Map([["off.test", { vhost: { enabled: false } }]]),
});

function pathOf(target: string, host = "localhost:8080") {
  const headers = new HeaderBlock(new Uint8Array(), [`Host: ${host}`]);
  const head = readRequestHead(`GET ${target} HTTP/1.1`, headers, { maxBodyBytes: 0, defaultHost: "x" });
  assert("url" in head);
  const path = vhostPathOf(head, vhosts);
  return path && [path.vhost.name, path.host, path.segments.join("|")];
}

Deno.test("vhostPathOf() chooses by ?vhost=, then by the path, then by the host", () => {
  assertEquals(pathOf("/live/cam.flv"), ["__defaultVhost__", "localhost:8080", "live|cam.flv"]);
  assertEquals(pathOf("/live/cam.flv", "tv.test")?.[0], "tv.test");
  assertEquals(pathOf("/tv.test/live/cam.flv"), ["tv.test", "tv.test", "tv.test|live|cam.flv"]);
  assertEquals(pathOf("/live/cam.flv?vhost=tv.test")?.[0], "tv.test");
  assertEquals(pathOf("/tv.test/live/cam.flv?vhost=other")?.[0], "__defaultVhost__");
  assertEquals(pathOf("http://tv.test/live/cam.flv", "elsewhere")?.[0], "tv.test");
  assertEquals(pathOf("/live/cam.flv?vhost=off.test"), undefined);
});

Deno.test("vhostPathOf() decodes names once, and refuses what separates names", () => {
  assertEquals(pathOf("/live/%E7%9B%B4.flv")?.[2], "live|直.flv");
  assertEquals(pathOf("/live/a%252F.flv")?.[2], "live|a%2F.flv");
  for (
    const path of ["/live/a%2Fb.flv", "/live/a%3Fb.flv", "/live/a%20b.flv", "/live/a%00.flv", "/live/%FF.flv"]
  ) {
    assertEquals(pathOf(path), undefined, path);
  }
  for (const path of ["/live//cam.flv", "//live/cam.flv", "/live/a%23b.flv", "/live/a%5cb.flv"]) {
    assertEquals(pathOf(path), undefined, path);
  }
});

Deno.test("vhostPathOf() lets no name and no host select a vhost by the form that RTMP players send", () => {
  for (const path of ["/live...vhost...tv.test/cam.flv", "/live/cam...vhost...tv.test.flv"]) {
    assertEquals(pathOf(path), undefined, path);
  }
  for (const host of ["...vhost...tv.test", "a...vhost...tv.test"]) {
    assertEquals(pathOf("/live/cam.flv", host), undefined, host);
  }
  assertEquals(pathOf("/live/a..vhost..b.flv")?.[2], "live|a..vhost..b.flv");
});
