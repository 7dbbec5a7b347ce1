/**
 * What `readVideoTag` and `readAudioTag` say of first bytes: FLV 10.1 §E.4.2 and §E.4.3, Enhanced RTMP v1 and v2.
 *
 * @module
 */
import fc from "fast-check";
import {
  HEADER_CONFIGURATION,
  HEADER_EXTRA,
  type MediaTag,
  readAudioTag,
  readVideoTag,
} from "../../../stream/media/media_tag.ts";
import { assert, assertEquals } from "../../support/assert.ts";

interface TagCase {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly tag: Partial<MediaTag>;
}

const HVC1 = [0x68, 0x76, 0x63, 0x31];
const AV01 = [0x61, 0x76, 0x30, 0x31];
const OPUS = [0x4f, 0x70, 0x75, 0x73];
const MP4A = [0x6d, 0x70, 0x34, 0x61];

const VIDEO: readonly TagCase[] = [
  { name: "nothing in no bytes", bytes: [], tag: {} },
  // frame type << 4 | codec id, AVC packet type
  { name: "an H.264 sequence header", bytes: [0x17, 0, 0, 0, 0], tag: { header: true, codec: "H264" } },
  { name: "an H.264 key frame", bytes: [0x17, 1, 0, 0, 0], tag: { keyFrame: true, codec: "H264" } },
  { name: "an H.264 inter frame", bytes: [0x27, 1, 0, 0, 0], tag: { codec: "H264" } },
  { name: "an H.264 end of sequence", bytes: [0x17, 2, 0, 0, 0], tag: { sequenceEnd: true, codec: "H264" } },
  { name: "an H.264 command frame", bytes: [0x57, 0], tag: { codec: "H264" } },
  { name: "a disposable inter frame", bytes: [0x32, 1], tag: { codec: "H263" } },
  { name: "an H.263 key frame", bytes: [0x12, 0], tag: { keyFrame: true, codec: "H263" } },
  { name: "a VP6 key frame", bytes: [0x14, 0], tag: { keyFrame: true, codec: "VP6" } },
  {
    name: "the field's HEVC sequence header",
    bytes: [0x1c, 0, 0, 0, 0],
    tag: { header: true, codec: "HEVC" },
  },
  { name: "the field's HEVC key frame", bytes: [0x1c, 1, 0, 0, 0], tag: { keyFrame: true, codec: "HEVC" } },
  { name: "the field's AV1 key frame", bytes: [0x1d, 1], tag: { keyFrame: true, codec: "AV1" } },
  { name: "a codec without a name", bytes: [0x11, 0], tag: { keyFrame: true, codec: "codec 1" } },
  // 1 | frame type | packet type, FourCC
  { name: "hvc1 SequenceStart", bytes: [0x90, ...HVC1, 1], tag: { header: true, codec: "HEVC" } },
  { name: "hvc1 CodedFrames, key", bytes: [0x91, ...HVC1, 0], tag: { keyFrame: true, codec: "HEVC" } },
  { name: "hvc1 CodedFrames, inter", bytes: [0xa1, ...HVC1, 0], tag: { codec: "HEVC" } },
  { name: "hvc1 CodedFramesX, key", bytes: [0x93, ...HVC1, 0], tag: { keyFrame: true, codec: "HEVC" } },
  { name: "hvc1 SequenceEnd", bytes: [0x92, ...HVC1], tag: { sequenceEnd: true, codec: "HEVC" } },
  {
    name: "hvc1 Metadata",
    bytes: [0x94, ...HVC1, 2],
    tag: { header: true, codec: "HEVC", headerKind: HEADER_EXTRA },
  },
  {
    name: "hvc1 Metadata whose frame type is that of a command",
    bytes: [0xd4, ...HVC1, 2],
    tag: { header: true, codec: "HEVC", headerKind: HEADER_EXTRA },
  },
  { name: "a video command", bytes: [0xd1, 0], tag: {} },
  { name: "av01 MPEG2TSSequenceStart", bytes: [0x95, ...AV01], tag: { header: true, codec: "AV1" } },
  { name: "a FourCC that is cut off", bytes: [0x91, 0x68, 0x76], tag: { keyFrame: true } },
  {
    name: "a FourCC that is not text",
    bytes: [0x91, 0x68, 0, 10, 0x31],
    tag: { keyFrame: true, codec: "h??1" },
  },
  // Multitrack: multitrack type << 4 | packet type, FourCC, track id
  {
    name: "the sequence header of one track of several",
    bytes: [0x96, 0x00, ...HVC1, 3, 1],
    tag: { header: true, codec: "HEVC", trackId: 3 },
  },
  {
    name: "a key frame of many tracks of one codec",
    bytes: [0x96, 0x11, ...HVC1, 0, 0, 0, 1, 9],
    tag: { keyFrame: true, codec: "HEVC", headerKind: 2 },
  },
  {
    name: "a key frame of many tracks and codecs",
    bytes: [0x96, 0x21, ...AV01, 0, 0, 0, 1, 9],
    tag: { keyFrame: true, codec: "AV1", headerKind: 2 },
  },
  {
    name: "the sequence headers of many tracks of one codec",
    bytes: [0x96, 0x10, ...HVC1, 0, 0, 0, 1, 9, 1, 0, 0, 1, 9],
    tag: { header: true, codec: "HEVC", headerKind: 2 },
  },
  {
    name: "the sequence headers of many tracks and codecs",
    bytes: [0x96, 0x20, ...AV01, 1, 0, 0, 1, 9],
    tag: { header: true, codec: "AV1", trackId: 1, headerKind: 2 },
  },
  // ModEx: size - 1, data, ModEx type << 4 | next packet type
  {
    name: "a key frame behind a ModEx of 3 bytes",
    bytes: [0x97, 2, 1, 2, 3, 0x01, ...HVC1],
    tag: { keyFrame: true, codec: "HEVC" },
  },
  {
    name: "a key frame behind two ModEx",
    bytes: [0x97, 0, 7, 0x07, 0, 7, 0x01, ...HVC1],
    tag: { keyFrame: true, codec: "HEVC" },
  },
  {
    // 255, then size - 1 in two bytes: 257 bytes
    name: "a key frame behind a ModEx with a long size",
    bytes: [0x97, 255, 1, 0, ...new Array<number>(257).fill(0), 0x01, ...HVC1],
    tag: { keyFrame: true, codec: "HEVC" },
  },
  { name: "a ModEx that is cut off", bytes: [0x97, 9, 1, 2], tag: {} },
  { name: "a ModEx without a size", bytes: [0x97], tag: {} },
  { name: "more ModEx than anybody sends", bytes: [0x97, ...manyModEx(9), ...HVC1], tag: {} },
];

const AUDIO: readonly TagCase[] = [
  { name: "nothing in no bytes", bytes: [], tag: {} },
  // format << 4 | rate, size, channels; AAC packet type
  { name: "an AAC sequence header", bytes: [0xaf, 0, 0x12, 0x10], tag: { header: true, codec: "AAC" } },
  { name: "an AAC frame", bytes: [0xaf, 1, 0x21], tag: { codec: "AAC" } },
  { name: "MP3", bytes: [0x2f, 0], tag: { codec: "MP3" } },
  { name: "Speex", bytes: [0xb2, 0], tag: { codec: "Speex" } },
  { name: "the field's Opus", bytes: [0xdf, 0], tag: { codec: "Opus" } },
  { name: "a codec without a name", bytes: [0xcf], tag: { codec: "codec 12" } },
  { name: "Opus SequenceStart", bytes: [0x90, ...OPUS, 1], tag: { header: true, codec: "Opus" } },
  { name: "Opus CodedFrames", bytes: [0x91, ...OPUS, 1], tag: { codec: "Opus" } },
  { name: "Opus SequenceEnd", bytes: [0x92, ...OPUS], tag: { sequenceEnd: true, codec: "Opus" } },
  {
    name: "a MultichannelConfig",
    bytes: [0x94, ...OPUS, 1],
    tag: { header: true, codec: "Opus", headerKind: HEADER_EXTRA },
  },
  {
    name: "OBS's second AAC track",
    bytes: [0x95, 0x00, ...MP4A, 1, 0x12, 0x10],
    tag: { header: true, codec: "AAC", trackId: 1 },
  },
  { name: "a frame behind a ModEx", bytes: [0x97, 0, 1, 0x01, ...OPUS], tag: { codec: "Opus" } },
  { name: "a ModEx without the packet that it is about", bytes: [0x97, 0, 1], tag: {} },
];

for (const { name, bytes, tag } of VIDEO) {
  Deno.test(`readVideoTag() reads ${name}`, () => {
    assertEquals(readVideoTag(Uint8Array.from(bytes)), fullTag(tag));
  });
}

for (const { name, bytes, tag } of AUDIO) {
  Deno.test(`readAudioTag() reads ${name}`, () => {
    assertEquals(readAudioTag(Uint8Array.from(bytes)), fullTag(tag));
  });
}

Deno.test("readVideoTag() and readAudioTag() take any bytes, and audio is never a key frame", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    const video = readVideoTag(bytes);
    assert(!(video.keyFrame && video.header));
    assert(!readAudioTag(bytes).keyFrame);
  }));
});

function fullTag(tag: Partial<MediaTag>): MediaTag {
  return {
    keyFrame: false,
    header: false,
    sequenceEnd: false,
    codec: "",
    trackId: 0,
    headerKind: HEADER_CONFIGURATION,
    ...tag,
  };
}

function manyModEx(count: number): number[] {
  return Array.from({ length: count }, () => [0, 0, 0x07]).flat();
}
