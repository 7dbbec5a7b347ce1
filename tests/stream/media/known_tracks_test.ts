/**
 * When a track is known: by its configuration, or by a frame or a name of a codec that has none.
 *
 * @module
 */
import { Amf0EcmaArray } from "../../../rtmp/wire/amf0.ts";
import { encodeAmf0 } from "../../../rtmp/wire/mod.ts";
import { KnownTracks, NO_TRACKS } from "../../../stream/media/known_tracks.ts";
import { readTag } from "../../../stream/media/media_tag.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { assertEquals } from "../../support/assert.ts";

function add(tracks: KnownTracks, typeId: number, payload: Uint8Array<ArrayBuffer>, time = 0): void {
  tracks.add({ typeId, time, payload }, readTag(typeId, payload), time);
}

function metadataOf(codec: number): Uint8Array<ArrayBuffer> {
  return encodeAmf0(["onMetaData", new Amf0EcmaArray([["audiocodecid", codec]])]);
}

const CASES: readonly (readonly [
  string,
  typeId: number,
  Uint8Array<ArrayBuffer>,
  audioCodec: string,
  videoCodec: string,
])[] = [
  ["AAC's configuration", 8, aacSequenceHeader(), "AAC", ""],
  ["a frame of AAC", 8, aacFrame(), "", ""],
  ["a frame of MP3", 8, Uint8Array.of(0x2f, 0xff, 0xfb), "MP3", ""],
  ["a frame of G.711", 8, Uint8Array.of(0x72, 1), "G711A", ""],
  [
    "a frame of AC-3 by FourCC",
    8,
    Uint8Array.of(0x91, ...new TextEncoder().encode("ac-3"), 1),
    "AC-3",
    "",
  ],
  ["AVC's configuration", 9, avcSequenceHeader(), "", "H264"],
  ["a key frame of AVC", 9, avcKeyFrame(), "", ""],
  ["a frame of H.263", 9, Uint8Array.of(0x12, 1), "", "H263"],
  ["metadata that names MP3", 18, metadataOf(2), "MP3", ""],
  ["metadata that names AAC", 18, metadataOf(10), "", ""],
  ["metadata that names .mp3 by FourCC", 18, metadataOf(0x2e6d7033), "MP3", ""],
];
for (const [name, typeId, payload, audioCodec, videoCodec] of CASES) {
  Deno.test(`KnownTracks after ${name}`, () => {
    const tracks = new KnownTracks();
    add(tracks, typeId, payload);
    const [audio, video] = [audioCodec !== "", videoCodec !== ""];
    assertEquals(tracks.state, { audio, video, audioCodec, videoCodec, spanMs: 0 });
  });
}

Deno.test("KnownTracks counts from the first frame, not from a configuration, and forgets with the publish", () => {
  const tracks = new KnownTracks();
  add(tracks, 9, avcSequenceHeader(), 0);
  add(tracks, 9, avcKeyFrame(), 1000);
  add(tracks, 9, avcKeyFrame(), 1400);
  assertEquals(tracks.state, { ...NO_TRACKS, video: true, videoCodec: "H264", spanMs: 400 });
  tracks.restart();
  assertEquals(tracks.state, NO_TRACKS);
});
