/**
 * Paths of HLS files: SRS's variables, and names that would lead elsewhere.
 *
 * @module
 */
import { initPath, playlistPath, relativeUrl, segmentPath } from "../../../../http/hls/disk/file_pattern.ts";
import { assertEquals } from "../../../support/assert.ts";

const NAME = { vhost: "a.example", app: "live", stream: "cam" };
const MOMENT = {
  sequence: 1_795_990_665,
  startMs: new Date(2026, 10, 9, 7, 5, 3, 42).getTime(),
  durationMs: 2002.4,
};

for (
  const [pattern, path] of [
    ["[app]/[stream]-[seq].ts", "live/cam-1795990665.m4s"],
    ["[vhost]/[app]/[stream]/[seq].ts", "a.example/live/cam/1795990665.m4s"],
    [
      "[app]/[stream]/[2006]-[01]-[02]/[15].[04].[05].[999]-[seq].ts",
      "live/cam/2026-11-09/07.05.03.042-1795990665.m4s",
    ],
    ["[stream]-[timestamp]-[duration].m4s", `cam-${MOMENT.startMs}-2002.m4s`],
  ] as const
) {
  Deno.test(`segmentPath() expands ${pattern}`, () => {
    assertEquals(segmentPath(pattern, NAME, MOMENT, "m4s"), path);
  });
}

Deno.test("segmentPath() does not expand what a publisher has chosen", () => {
  const name = { ...NAME, stream: "[app][seq]" };
  assertEquals(segmentPath("[app]/[stream]-[seq].ts", name, MOMENT, "ts"), "live/[app][seq]-1795990665.ts");
});

for (
  const stream of [
    "..",
    "../x",
    "a/../../x",
    "",
    "a//b",
    "/etc",
    "a\\b",
    "a\u0000b",
    "a\nb",
    "\ud800",
    "é".repeat(121),
  ]
) {
  Deno.test(`a stream named ${JSON.stringify(stream.slice(0, 12))} has no path`, () => {
    const name = { ...NAME, stream };
    assertEquals(playlistPath("[stream]/[stream].m3u8", name), undefined);
    assertEquals(segmentPath("[stream]/[seq].ts", name, MOMENT, "ts"), undefined);
  });
}

Deno.test("an initialization section is next to its first segment", () => {
  assertEquals(initPath("live/cam.x-1.m4s"), "live/cam.x-1-init.mp4");
});

for (
  const [playlist, path, url] of [
    ["live/cam.m3u8", "live/cam-1.ts", "cam-1.ts"],
    ["live/cam.m3u8", "live/cam/2026/1.ts", "cam/2026/1.ts"],
    ["live/cam/index.m3u8", "media/cam-1.ts", "../../media/cam-1.ts"],
    ["cam.m3u8", "a b#?%/ü-1.ts", "a%20b%23%3F%25/%C3%BC-1.ts"],
    ["live/cam.m3u8", "live.ts", "../live.ts"],
  ] as const
) {
  Deno.test(`relativeUrl() leads from ${playlist} to ${path}`, () => {
    assertEquals(relativeUrl(playlist, path), url);
    const base = new URL(`http://h/${playlist}`);
    assertEquals(decodeURIComponent(new URL(url, base).pathname), `/${path}`);
  });
}
