import { MediaKind } from "../../../../stream/media/media_message.ts";
import { readMediaPacket } from "../../../../stream/media/samples/media_packet.ts";
import { assertEquals, assertStrictEquals } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";

const { Audio, Video, Data } = MediaKind;
const FRAME = { kind: "frame", track: "video", keyFrame: false, compositionTime: 0 } as const;
const SOUND = { kind: "frame", track: "audio", keyFrame: true, compositionTime: 0 } as const;

// FLV 10.1 §E.4.3.1: frame type and codec, packet type, composition time; Enhanced RTMP v2 "Extended VideoTagHeader"
const VIDEO = [
  {
    name: "AVC configuration",
    payload: bytes(0x17, 0, 1, 2, 3, 9, 8),
    expected: { ...FRAME, kind: "configuration", codec: "H264", keyFrame: true, data: bytes(9, 8) },
  },
  {
    name: "an AVC key frame",
    payload: bytes(0x17, 1, 0, 0, 80, 7),
    expected: { ...FRAME, codec: "H264", keyFrame: true, compositionTime: 80, data: bytes(7) },
  },
  {
    name: "a negative composition time",
    payload: bytes(0x27, 1, 0xff, 0xff, 0xd8, 7),
    expected: { ...FRAME, codec: "H264", compositionTime: -40, data: bytes(7) },
  },
  {
    name: "HEVC by its legacy id",
    payload: bytes(0x1c, 1, 0, 1, 0, 7),
    expected: { ...FRAME, codec: "HEVC", keyFrame: true, compositionTime: 256, data: bytes(7) },
  },
  {
    name: "an enhanced HEVC configuration",
    payload: bytes(0x90, "hvc1", 5),
    expected: { ...FRAME, kind: "configuration", codec: "HEVC", keyFrame: true, data: bytes(5) },
  },
  {
    name: "enhanced HEVC frames with a composition time",
    payload: bytes(0xa1, "hvc1", 0, 0, 33, 6),
    expected: { ...FRAME, codec: "HEVC", compositionTime: 33, data: bytes(6) },
  },
  {
    name: "enhanced AVC frames with a composition time",
    payload: bytes(0x91, "avc1", 0, 0, 33, 6),
    expected: { ...FRAME, codec: "H264", keyFrame: true, compositionTime: 33, data: bytes(6) },
  },
  {
    name: "enhanced HEVC frames without one",
    payload: bytes(0xa3, "hvc1", 6),
    expected: { ...FRAME, codec: "HEVC", data: bytes(6) },
  },
  {
    name: "enhanced AV1 frames, which have none",
    payload: bytes(0x91, "av01", 6, 5, 4, 3),
    expected: { ...FRAME, codec: "AV1", keyFrame: true, data: bytes(6, 5, 4, 3) },
  },
  {
    name: "a frame after a ModEx prefix",
    payload: bytes(0xa7, 2, 1, 2, 3, 0x03, "hvc1", 6),
    expected: { ...FRAME, codec: "HEVC", data: bytes(6) },
  },
  {
    name: "the first of many tracks",
    payload: bytes(0xa6, 0x13, "hvc1", 0, 0, 0, 2, 6, 7, 1, 0, 0, 1, 9),
    expected: { ...FRAME, codec: "HEVC", data: bytes(6, 7) },
  },
] as const;
for (const { name, payload, expected } of VIDEO) {
  Deno.test(`readMediaPacket() reads ${name}`, () => assertEquals(readMediaPacket(Video, payload), expected));
}

// §E.4.2.1: format, rate, size, channels; AACPacketType; Enhanced RTMP v2 "Extended AudioTagHeader"
const AUDIO = [
  {
    name: "AAC configuration",
    payload: bytes(0xaf, 0, 0x12, 0x10),
    expected: { ...SOUND, kind: "configuration", codec: "AAC", data: bytes(0x12, 0x10) },
  },
  {
    name: "an AAC frame",
    payload: bytes(0xaf, 1, 3, 4),
    expected: { ...SOUND, codec: "AAC", data: bytes(3, 4) },
  },
  {
    name: "an MP3 frame",
    payload: bytes(0x2f, 0xff, 0xfb),
    expected: { ...SOUND, codec: "MP3", data: bytes(0xff, 0xfb) },
  },
  {
    name: "an enhanced Opus configuration",
    payload: bytes(0x90, "Opus", 1),
    expected: { ...SOUND, kind: "configuration", codec: "Opus", data: bytes(1) },
  },
  {
    name: "an enhanced AC-3 frame",
    payload: bytes(0x91, "ac-3", 1),
    expected: { ...SOUND, codec: "AC-3", data: bytes(1) },
  },
] as const;
for (const { name, payload, expected } of AUDIO) {
  Deno.test(`readMediaPacket() reads ${name}`, () => assertEquals(readMediaPacket(Audio, payload), expected));
}

const PASSED_OVER = [
  { name: "nothing", typeId: Video, payload: bytes() },
  { name: "data", typeId: Data, payload: bytes(2, 0, 1, "a") },
  { name: "the end of an AVC sequence", typeId: Video, payload: bytes(0x17, 2, 0, 0, 0, 1) },
  { name: "a video command", typeId: Video, payload: bytes(0x57, 1, 0, 0, 0, 1) },
  { name: "an enhanced video command", typeId: Video, payload: bytes(0xd1, "hvc1", 0, 0, 0, 1) },
  { name: "colour metadata", typeId: Video, payload: bytes(0xd4, "hvc1", 2, 0, 9, "colorInfo") },
  { name: "an enhanced end of a sequence", typeId: Video, payload: bytes(0x92, "hvc1", 1) },
  { name: "a layout of channels", typeId: Audio, payload: bytes(0x94, "Opus", 1, 2, 3) },
  { name: "an empty AVC frame", typeId: Video, payload: bytes(0x27, 1, 0, 0, 0) },
  { name: "an AVC frame that is cut off", typeId: Video, payload: bytes(0x27, 1, 0) },
  { name: "an empty FLAC frame", typeId: Audio, payload: bytes(0x91, "fLaC") },
  { name: "an empty AAC frame", typeId: Audio, payload: bytes(0xaf, 1) },
  { name: "a FourCC that is cut off", typeId: Audio, payload: bytes(0x91, "fL") },
  { name: "another track than the first", typeId: Video, payload: bytes(0xa6, 0x03, "hvc1", 4, 6, 7) },
  { name: "Sorenson video", typeId: Video, payload: bytes(0x12, 1, 2, 3, 4, 5, 6) },
];
for (const { name, typeId, payload } of PASSED_OVER) {
  Deno.test(`readMediaPacket() passes over ${name}`, () => {
    assertEquals(readMediaPacket(typeId, payload), undefined);
  });
}

Deno.test("readMediaPacket() views the payload", () => {
  const payload = bytes(0x27, 1, 0, 0, 0, 7);
  assertStrictEquals(readMediaPacket(Video, payload)?.data.buffer, payload.buffer);
});
