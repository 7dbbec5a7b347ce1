/**
 * What of a message belongs to the first track: Enhanced RTMP v2, "Multitrack Streaming".
 *
 * @module
 */
import fc from "fast-check";
import { firstTrackOf } from "../../../stream/media/first_track.ts";
import { readAudioTag, readVideoTag } from "../../../stream/media/media_tag.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";

const { Audio, Video } = MessageType;
const AVC1 = [0x61, 0x76, 0x63, 0x31];
const HVC1 = [0x68, 0x76, 0x63, 0x31];
const MP4A = [0x6d, 0x70, 0x34, 0x61];
const OPUS = [0x4f, 0x70, 0x75, 0x73];

interface TrackCase {
  readonly name: string;
  readonly typeId: number;
  readonly bytes: readonly number[];
  /** `undefined`: nothing. */
  readonly first: readonly number[] | undefined;
}

const CASES: readonly TrackCase[] = [
  // 1 | frame type | Multitrack, multitrack type | packet type, FourCC, track id, body
  {
    name: "the body of one track with its composition time",
    typeId: Video,
    bytes: [0x96, 0x01, ...AVC1, 0, 0, 0, 40, 7, 8],
    first: [0x91, ...AVC1, 0, 0, 40, 7, 8],
  },
  {
    name: "a sequence header",
    typeId: Video,
    bytes: [0x96, 0x00, ...HVC1, 0, 1, 2],
    first: [0x90, ...HVC1, 1, 2],
  },
  {
    name: "the frame type of an inter frame",
    typeId: Video,
    bytes: [0xa6, 0x03, ...HVC1, 0, 9],
    first: [0xa3, ...HVC1, 9],
  },
  { name: "no further track", typeId: Video, bytes: [0x96, 0x01, ...HVC1, 1, 9], first: undefined },
  // many tracks: track id, size in three bytes, body
  {
    name: "the first of many tracks, wherever it is",
    typeId: Video,
    bytes: [0x96, 0x11, ...HVC1, 2, 0, 0, 2, 1, 1, 0, 0, 0, 1, 9, 1, 0, 0, 1, 5],
    first: [0x91, ...HVC1, 9],
  },
  {
    name: "the first of many tracks with its own codec",
    typeId: Video,
    bytes: [0x96, 0x21, ...HVC1, 1, 0, 0, 1, 5, ...AVC1, 0, 0, 0, 2, 9, 8],
    first: [0x91, ...AVC1, 9, 8],
  },
  {
    name: "none of many further tracks",
    typeId: Video,
    bytes: [0x96, 0x11, ...HVC1, 2, 0, 0, 1, 5, 1, 0, 0, 1, 5],
    first: undefined,
  },
  {
    name: "nothing that is cut off",
    typeId: Video,
    bytes: [0x96, 0x11, ...HVC1, 0, 0, 0, 9, 5],
    first: undefined,
  },
  { name: "nothing without a multitrack byte", typeId: Video, bytes: [0x96], first: undefined },
  // ModEx: size - 1, data, ModEx type << 4 | next packet type
  {
    name: "ModEx prefixes with the packet type of the track",
    typeId: Video,
    bytes: [0x97, 2, 1, 2, 3, 0x06, 0x01, ...HVC1, 0, 9],
    first: [0x97, 2, 1, 2, 3, 0x01, ...HVC1, 9],
  },
  {
    name: "sound",
    typeId: Audio,
    bytes: [0x95, 0x01, ...MP4A, 0, 9],
    first: [0x91, ...MP4A, 9],
  },
  { name: "no further sound", typeId: Audio, bytes: [0x95, 0x01, ...MP4A, 1, 9], first: undefined },
  {
    name: "no layout of channels",
    typeId: Audio,
    bytes: [0x94, ...MP4A, 1, 6, 0, 0, 0, 0],
    first: undefined,
  },
  {
    name: "no layout of channels of a track",
    typeId: Audio,
    bytes: [0x95, 0x04, ...MP4A, 0, 1, 6, 0, 0, 0, 0],
    first: undefined,
  },
  {
    name: "no multitrack in multitrack",
    typeId: Audio,
    bytes: [0x95, 0x05, ...MP4A, 0, 1],
    first: undefined,
  },
];
for (const { name, typeId, bytes, first } of CASES) {
  Deno.test(`firstTrackOf() gives ${name}`, () => {
    const payload = Uint8Array.from(bytes);
    const track = firstTrackOf(typeId, payload);
    assertEquals(track === undefined ? undefined : [...track], first === undefined ? undefined : [...first]);
    assertEquals([...payload], [...bytes], "not changed");
  });
}

const WHOLE: readonly [string, number, readonly number[]][] = [
  ["H.264", Video, [0x17, 1, 0, 0, 0, 9]],
  ["AAC", Audio, [0xaf, 1, 9]],
  ["HEVC by FourCC", Video, [0x91, ...HVC1, 9]],
  ["colours", Video, [0x94, ...HVC1, 2]],
  ["Opus by FourCC", Audio, [0x91, ...OPUS, 9]],
  ["a video command", Video, [0xd6, 0]],
  ["ModEx without an end", Video, [0x97, 9, 1]],
  ["no bytes", Audio, []],
];
for (const [name, typeId, bytes] of WHOLE) {
  Deno.test(`firstTrackOf() gives ${name} as it is`, () => {
    const payload = Uint8Array.from(bytes);
    assertStrictEquals(firstTrackOf(typeId, payload), payload);
  });
}

Deno.test("firstTrackOf() takes any bytes, grows nothing and leaves no wrapper", () => {
  const start = fc.constantFrom(0x95, 0x96, 0x97, 0xa6, 0x94);
  fc.assert(fc.property(start, fc.uint8Array({ maxLength: 60 }), fc.boolean(), (first, rest, isVideo) => {
    const payload = Uint8Array.from([first, ...rest]);
    const track = firstTrackOf(isVideo ? Video : Audio, payload);
    if (track === undefined) return;
    assert(track.length <= payload.length);
    assertStrictEquals(firstTrackOf(isVideo ? Video : Audio, track), track);
    if (track !== payload) assertEquals((isVideo ? readVideoTag(track) : readAudioTag(track)).trackId, 0);
  }));
});
