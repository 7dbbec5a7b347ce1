/**
 * Ids of viewers: known again by the key that made them, for one stream and a day.
 *
 * @module
 */
import fc from "fast-check";
import { looksLikeViewerId, ViewerIds } from "../../../http/hls/viewer_ids.ts";
import { readHlsPath } from "../../../http/hls/hls_path.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const KEY = new Uint8Array(32).fill(7);
const STREAM = "__defaultVhost__/live/x";
const NOW_S = 1_800_000_000;

function ids(thread = 3, key = KEY): ViewerIds {
  return new ViewerIds(key, thread, realWireEnvironment());
}

Deno.test("ViewerIds.verify() knows an id with its thread and parameters, in another process too", () => {
  const id = ids().create(STREAM, "?token=é&x=1", NOW_S);
  assert(looksLikeViewerId(id));
  const expected = { param: "?token=é&x=1", expiresS: NOW_S + 86_400, thread: 3 };
  assertEquals(ids(0).verify(STREAM, id, NOW_S), expected);
  assertEquals(ids().verify(STREAM, id, NOW_S + 86_400), expected);
  assertEquals(ids().verify(STREAM, id, NOW_S + 86_401), undefined);
});

Deno.test("ViewerIds.verify() refuses other streams, other keys and every changed character", () => {
  const id = ids().create(STREAM, "", NOW_S);
  assertEquals(ids().verify("__defaultVhost__/live/y", id, NOW_S), undefined);
  assertEquals(ids(3, new Uint8Array(32)).verify(STREAM, id, NOW_S), undefined);
  // The last character has bits that count for nothing.
  for (let at = 0; at < id.length - 1; at++) {
    const changed = `${id.slice(0, at)}${id[at] === "A" ? "B" : "A"}${id.slice(at + 1)}`;
    assertEquals(ids().verify(STREAM, changed, NOW_S), undefined, `${at}`);
  }
});

Deno.test("ViewerIds.verify() takes any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
    assertEquals(ids().verify(STREAM, text, NOW_S), undefined);
  }));
  assertEquals(ids().verify(STREAM, "A".repeat(61), NOW_S), undefined);
});

Deno.test("ViewerIds.create() leaves out a query that would make paths long", () => {
  const id = ids().create(STREAM, `?${"x".repeat(600)}`, NOW_S);
  assertEquals(ids().verify(STREAM, id, NOW_S)?.param, "");
});

Deno.test("readHlsPath() tells first playlists, viewers' folders and shared media apart", () => {
  const id = ids().create(STREAM, "", NOW_S);
  const base = { app: "live", stream: "x" };
  const playlist = { kind: "playlist" } as const;
  const cases: readonly (readonly [string, ReturnType<typeof readHlsPath>])[] = [
    ["live/x.m3u8", { ...base, viewerId: undefined, file: undefined }],
    ["a/b/x.m3u8", { app: "a/b", stream: "x", viewerId: undefined, file: undefined }],
    [`live/x/${id}/media.m3u8`, { ...base, viewerId: id, file: playlist }],
    [`a/b/x/${id}/s12.m4s`, {
      ...{ app: "a/b", stream: "x", viewerId: id },
      file: { kind: "media", name: { kind: "segment", number: 12 } },
    }],
    ["live/x/i3.mp4", {
      ...{ ...base, viewerId: undefined },
      file: { kind: "media", name: { kind: "init", number: 3 } },
    }],
    // A stream of this name, since no viewer has such a folder.
    ["live/x/media.m3u8", { app: "live/x", stream: "media", viewerId: undefined, file: undefined }],
    ["x.m3u8", undefined],
    ["live/.m3u8", undefined],
    ["live/x.flv", undefined],
    ["live/x/s12.flv", undefined],
  ];
  for (const [path, expected] of cases) assertEquals(readHlsPath(path.split("/")), expected, path);
});
