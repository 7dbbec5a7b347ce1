/**
 * FLV tags and the file header, byte by byte. FLV 10.1 §E.2 to §E.4.1.
 *
 * @module
 */
import { encodeFlvHeader, FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import { MediaKind } from "../../../stream/media/media_message.ts";
import { assertEquals } from "../../support/assert.ts";

const HEADERS = [
  // F L V, version 1, flags (4 audio, 1 video), offset of the body, size of the tag before the first
  { tracks: { hasAudio: true, hasVideo: true }, flags: 0b101 },
  { tracks: { hasAudio: true, hasVideo: false }, flags: 0b100 },
  { tracks: { hasAudio: false, hasVideo: true }, flags: 0b001 },
  { tracks: { hasAudio: false, hasVideo: false }, flags: 0 },
];
for (const { tracks, flags } of HEADERS) {
  Deno.test(`encodeFlvHeader() announces tracks by the flags ${flags}`, () => {
    assertEquals([...encodeFlvHeader(tracks)], [0x46, 0x4c, 0x56, 1, flags, 0, 0, 0, 9, 0, 0, 0, 0]);
  });
}

const TAGS = [
  {
    name: "audio at 0",
    message: { typeId: MediaKind.Audio, time: 0, payload: Uint8Array.of(0xaf, 1, 0x21) },
    //      type, body size, time, upper 8 bits, stream id
    bytes: [8, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, ...[0xaf, 1, 0x21], ...[0, 0, 0, 14]],
  },
  {
    name: "video at the last time of 24 bits",
    message: { typeId: MediaKind.Video, time: 0xff_ffff, payload: Uint8Array.of(0x17, 1) },
    bytes: [9, 0, 0, 2, 0xff, 0xff, 0xff, 0, 0, 0, 0, ...[0x17, 1], ...[0, 0, 0, 13]],
  },
  {
    name: "data at a time of 25 bits",
    message: { typeId: MediaKind.Data, time: 0x0102_0304, payload: Uint8Array.of(2) },
    bytes: [18, 0, 0, 1, 0x02, 0x03, 0x04, 0x01, 0, 0, 0, 2, ...[0, 0, 0, 12]],
  },
  {
    name: "a time beyond 2^32, which wraps",
    message: { typeId: MediaKind.Audio, time: 0x1_8000_0001, payload: Uint8Array.of(0xaf) },
    bytes: [8, 0, 0, 1, 0, 0, 1, 0x80, 0, 0, 0, 0xaf, ...[0, 0, 0, 12]],
  },
];
for (const { name, message, bytes } of TAGS) {
  Deno.test(`FLV_FORMAT.write() encodes ${name}`, () => {
    assertEquals(FLV_FORMAT.length(message), bytes.length);
    const target = new Uint8Array(bytes.length + 4).fill(0xee);
    assertEquals(FLV_FORMAT.write(target, 2, message), 2 + bytes.length);
    assertEquals([...target], [0xee, 0xee, ...bytes, 0xee, 0xee]);
  });
}

Deno.test("FLV_FORMAT.write() writes sizes of more than 16 bits", () => {
  const message = { typeId: MediaKind.Video, time: 0, payload: new Uint8Array(0x01_0203) };
  const target = new Uint8Array(FLV_FORMAT.length(message));
  FLV_FORMAT.write(target, 0, message);
  assertEquals([...target.subarray(0, 4)], [9, 0x01, 0x02, 0x03]);
  assertEquals([...target.subarray(-4)], [0, 0x01, 0x02, 0x03 + 11]);
});
