import { readAv1Config } from "../../../../stream/media/codecs/av1_config.ts";
import { readAv1SequenceHeader } from "../../../../stream/media/codecs/av1_sequence_header.ts";
import { CodecError } from "../../../../stream/media/codecs/codec_error.ts";
import { readVp9Config } from "../../../../stream/media/codecs/vp9_config.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import { BitWriter } from "../../../support/stream/bit_writer.ts";
import { AV1_CONFIG, VP9_CONFIG } from "../../../support/stream/codec_configs.ts";

Deno.test("readAv1Config() reads what SVT-AV1 writes", () => {
  const config = readAv1Config(AV1_CONFIG, {});
  assertEquals(config.codecString, "av01.0.00M.08");
  assertEquals([config.width, config.height, config.profile, config.level], [322, 182, "Main", "2.0"]);
  assertEquals(config.configurationBox, bytes(0, 0, 0, 8 + AV1_CONFIG.length, "av1C", AV1_CONFIG));
});

// Bytes 1 and 2: profile and level; tier, high bit depth, twelve bits
const CODEC_STRINGS = [
  {
    name: "level 5.1 of the high tier, 10 bits",
    head: [13, 0b1100_0000],
    expected: "av01.0.13H.10",
    level: "5.1",
  },
  {
    name: "10 bits, with a chroma position",
    head: [9, 0b0100_1111],
    expected: "av01.0.09M.10",
    level: "4.1",
  },
  { name: "High profile, 8 bits", head: [1 << 5 | 5, 0], expected: "av01.1.05M.08", level: "3.1" },
  { name: "Professional, 12 bits", head: [2 << 5 | 8, 0b0110_0000], expected: "av01.2.08M.12", level: "4.0" },
];
for (const { name, head, expected, level } of CODEC_STRINGS) {
  Deno.test(`readAv1Config() writes the codec string of ${name}`, () => {
    const config = readAv1Config(bytes(0x81, head, 0), { width: 640, height: 360 });
    assertEquals([config.codecString, config.level], [expected, level]);
    assertEquals([config.width, config.height], [640, 360]);
  });
}

Deno.test("readAv1SequenceHeader() reads timing and decoder model before the size", () => {
  const header = new BitWriter().u(3, 0).u(1, 0).u(1, 0)
    // 1001 ticks of 60000, 2 ticks a picture; delays of 10 bits
    .u(1, 1).u(32, 1001).u(32, 60_000).u(1, 1).ue(1).u(1, 1).u(5, 9).u(32, 1).u(5, 0).u(5, 0)
    // initial display delay; two operating points, the first with tier, model and delay, the second without
    .u(1, 1).u(5, 1)
    .u(12, 1).u(5, 8).u(1, 0).u(1, 1).u(10, 3).u(10, 4).u(1, 0).u(1, 1).u(4, 5)
    .u(12, 0).u(5, 7).u(1, 0).u(1, 0)
    .u(4, 10).u(4, 9).u(11, 1919).u(10, 1023).bytes();
  // A temporal delimiter comes before it, the header has an extension byte
  const obus = bytes(0x12, 0, 0x0e, 0x20, header.length, header);
  assertEquals(readAv1SequenceHeader(obus), { width: 1920, height: 1024, frameRate: 30_000 / 1001 });
});

Deno.test("readAv1SequenceHeader() reads a reduced header without a size field", () => {
  const header = new BitWriter().u(3, 0).u(1, 1).u(1, 1).u(5, 4).u(4, 7).u(4, 7).u(8, 99).u(8, 49).bytes();
  assertEquals(readAv1SequenceHeader(bytes(0x08, header)), { width: 100, height: 50, frameRate: undefined });
});

Deno.test("readAv1SequenceHeader() passes over an OBU whose size takes two bytes", () => {
  const header = new BitWriter().u(3, 0).u(1, 1).u(1, 1).u(5, 4).u(4, 7).u(4, 7).u(8, 99).u(8, 49).bytes();
  // Padding of 130 bytes: 2 and 1 * 128
  const obus = bytes(0x7a, 0x82, 0x01, new Uint8Array(130), 0x0a, header.length, header);
  assertEquals(readAv1SequenceHeader(obus), { width: 100, height: 50, frameRate: undefined });
});

const REFUSED_AV1 = [
  { name: "another version", record: bytes(0x82, 0, 0, 0), reason: "version" },
  { name: "a record that is cut off", record: bytes(0x81, 0), reason: "cut off" },
  {
    name: "no size anywhere",
    record: bytes(0x81, 0, 0, 0),
    reason: "size of the picture is unknown x unknown",
  },
  {
    name: "an OBU longer than the record",
    record: bytes(0x81, 0, 0, 0, 0x0a, 0xff, 0xff, 0x7f),
    reason: "cut off",
  },
];
for (const { name, record, reason } of REFUSED_AV1) {
  Deno.test(`readAv1Config() refuses ${name}`, () => {
    assertThrows(() => readAv1Config(record, {}), CodecError, reason);
  });
}

Deno.test("readVp9Config() reads what libvpx writes, and the size of the metadata", () => {
  const config = readVp9Config(VP9_CONFIG, { width: 322, height: 182 });
  assertEquals(config.codecString, "vp09.00.11.08");
  assertEquals([config.width, config.height, config.level], [322, 182, "1.1"]);
  assertEquals(config.configurationBox, bytes(0, 0, 0, 20, "vpcC", VP9_CONFIG));
});

Deno.test("readVp9Config() adds version and flags where they are missing", () => {
  const record = VP9_CONFIG.subarray(4);
  assertEquals(
    readVp9Config(record, { width: 2, height: 2 }).configurationBox,
    bytes(0, 0, 0, 20, "vpcC", VP9_CONFIG),
  );
});

Deno.test("readVp9Config() asks for level 3.1 where the encoder does not say its level", () => {
  const config = readVp9Config(bytes(1, 0, 0, 0, 2, 0, 0xa0, 9, 16, 9, 0, 0), { width: 2, height: 2 });
  assertEquals([config.codecString, config.level], ["vp09.02.31.10", ""]);
});

Deno.test("readVp9Config() takes the largest size that MP4 has", () => {
  const { width, height } = readVp9Config(VP9_CONFIG, { width: 65_535, height: 1 });
  assertEquals([width, height], [65_535, 1]);
});

Deno.test("readVp9Config() refuses a record that is cut off and metadata without a size", () => {
  assertThrows(() => readVp9Config(VP9_CONFIG.subarray(0, 7), {}), CodecError, "cut off");
  assertThrows(
    () => readVp9Config(VP9_CONFIG, { width: 320 }),
    CodecError,
    "size of the picture is 320 x unknown",
  );
  assertThrows(() => readVp9Config(VP9_CONFIG, { width: 320.5, height: 2 }), CodecError, "320.5 x 2");
  assertThrows(() => readVp9Config(VP9_CONFIG, { width: 65_536, height: 2 }), CodecError, "65536 x 2");
});
