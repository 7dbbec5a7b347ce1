import { CodecError } from "../../../../stream/media/codecs/codec_error.ts";
import { readHevcConfig } from "../../../../stream/media/codecs/hevc_config.ts";
import { readHevcSps } from "../../../../stream/media/codecs/hevc_sps.ts";
import { assertAlmostEquals, assertEquals, assertThrows } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import { BitWriter } from "../../../support/stream/bit_writer.ts";
import { HEVC_10_BIT_CONFIG, HEVC_CONFIG } from "../../../support/stream/codec_configs.ts";

/** NAL header, VPS id, sub-layers, nesting, a general profile of ones (which need no emulation prevention), SPS id. */
function start(subLayers: number): BitWriter {
  const unit = new BitWriter().u(16, 0x4201).u(4, 0).u(3, subLayers).u(1, 1);
  return ones(unit, 96);
}

function ones(unit: BitWriter, count: number): BitWriter {
  for (let i = 0; i < count; i++) unit.u(1, 1);
  return unit;
}

/** From bit depth to the reference sets, all as short as they can be. */
function plainCoding(unit: BitWriter): BitWriter {
  // depths, picture order of 8 bits; one ordering of 3; 4 block sizes and 2 depths; no lists; AMP, SAO; no PCM
  return unit.ue(0, 0, 4).u(1, 0).ue(4, 2, 4).ue(0, 3, 0, 3, 1, 1).u(1, 0).u(2, 3).u(1, 0);
}

/** VUI without anything but timing. */
function timing(unit: BitWriter, ticks: number, scale: number): BitWriter {
  return unit.u(1, 1).u(4, 0).u(3, 0).u(1, 0).u(1, 1).u(32, ticks).u(32, scale);
}

Deno.test("readHevcConfig() reads what x265 writes", () => {
  const config = readHevcConfig(HEVC_CONFIG);
  assertEquals(config.codecString, "hvc1.1.6.L60.90");
  assertEquals([config.width, config.height, config.profile, config.level], [322, 182, "Main", "2"]);
  assertAlmostEquals(config.frameRate ?? 0, 30_000 / 1001, 1e-9);
  assertEquals(config.configurationBox, bytes(0, 0, 0, 8 + HEVC_CONFIG.length, "hvcC", HEVC_CONFIG));
  assertEquals(config.nalUnits?.lengthBytes, 4);
  assertEquals(config.nalUnits?.parameterSets.map((set) => (set[0] ?? 0) >> 1), [32, 33, 34]);
});

Deno.test("readHevcConfig() reads 10 bits", () => {
  const config = readHevcConfig(HEVC_10_BIT_CONFIG);
  assertEquals([config.codecString, config.profile], ["hvc1.2.4.L60.90", "Main10"]);
  assertEquals([config.width, config.height], [322, 182]);
});

Deno.test("readHevcConfig() writes tier, profile space and constraints into the codec string", () => {
  const record = HEVC_10_BIT_CONFIG.slice();
  // Space B, high tier, profile 4; compatibility with 4 alone; level 4.1
  record.set([0b10_1_00100, 0x08, 0, 0, 0, 0x9c, 0, 0x08, 0, 0, 0, 123], 1);
  const { codecString, profile, level } = readHevcConfig(record);
  assertEquals([codecString, profile, level], ["hvc1.B4.10.H123.9C.00.08", "Rext", "4.1"]);
  record.set([0, 0, 0, 0, 0, 0], 6);
  assertEquals(readHevcConfig(record).codecString, "hvc1.B4.10.H123");
});

Deno.test("readHevcSps() reads cropping in chroma units", () => {
  const yuv420 = start(0).ue(0, 1, 1920, 1088).u(1, 1).ue(1, 2, 0, 4);
  assertEquals(readHevcSps(yuv420.bytes()), { width: 1914, height: 1080, frameRate: undefined });
  const yuv422 = start(0).ue(0, 2, 1920, 1088).u(1, 1).ue(1, 2, 0, 4);
  assertEquals(readHevcSps(yuv422.bytes()).height, 1084);
  const yuv444 = start(0).ue(0, 3).u(1, 0).ue(1920, 1088).u(1, 1).ue(1, 2, 0, 4);
  assertEquals(readHevcSps(yuv444.bytes()), { width: 1917, height: 1084, frameRate: undefined });
});

Deno.test("readHevcSps() passes over the levels of sub-layers", () => {
  const unit = start(2).u(2, 3).u(2, 1).u(12, 0);
  ones(unit, 88 + 8 + 8).ue(0, 1, 640, 360).u(1, 0);
  assertEquals(readHevcSps(unit.bytes()), { width: 640, height: 360, frameRate: undefined });
});

Deno.test("readHevcSps() reads the frame rate after plain coding tools", () => {
  const unit = plainCoding(start(0).ue(0, 1, 640, 360).u(1, 0)).ue(0).u(1, 0).u(2, 0);
  assertEquals(readHevcSps(timing(unit, 1, 50).bytes()).frameRate, 50);
});

Deno.test("readHevcSps() reads the frame rate after every coding tool", () => {
  const unit = start(0).ue(0, 1, 640, 360).u(1, 0);
  unit.ue(2, 2, 4).u(1, 1).ue(4, 2, 4).ue(0, 3, 0, 3, 1, 1).u(2, 3);
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < (size === 3 ? 2 : 6); matrix++) {
      if (matrix === 1) unit.u(1, 0).ue(1);
      else {unit.u(1, 1).se(...Array.from({ length: (size > 1 ? 1 : 0) + (size === 0 ? 16 : 64) }, (_, i) =>
          i - 8));}
    }
  }
  // AMP, SAO; PCM of 8 bits, blocks of 8 to 32, no loop filter
  unit.u(2, 3).u(1, 1).u(8, 0x77).ue(0, 2).u(1, 1);
  // Three sets: 2 + 1 pictures, then two predicted ones of which some are left out
  unit.ue(3).ue(2, 1).ue(0).u(1, 1).ue(1).u(1, 0).ue(2).u(1, 1);
  unit.u(1, 1).u(1, 0).ue(0).u(1, 1).u(1, 0).u(1, 1).u(2, 0).u(1, 1);
  unit.u(1, 1).u(1, 1).ue(1).u(4, 15);
  // One long-term reference: 8 bits and a flag; temporal MVP, intra smoothing
  unit.u(1, 1).ue(1).u(9, 3).u(2, 3);
  assertEquals(readHevcSps(timing(unit, 1001, 24_000).bytes()).frameRate, 24_000 / 1001);
});

Deno.test("readHevcSps() reads the frame rate after a default display window", () => {
  const unit = plainCoding(start(0).ue(0, 1, 640, 360).u(1, 0)).ue(0).u(1, 0).u(2, 0);
  unit.u(1, 1).u(4, 0).u(3, 0).u(1, 1).ue(0, 1, 2, 3).u(1, 1).u(32, 0xffff).u(32, 0xf_ffff);
  assertEquals(readHevcSps(unit.bytes()).frameRate, 0xf_ffff / 0xffff);
});

Deno.test("readHevcSps() does not know a frame rate of 0 ticks", () => {
  const unit = plainCoding(start(0).ue(0, 1, 640, 360).u(1, 0)).ue(0).u(1, 0).u(2, 0);
  assertEquals(readHevcSps(timing(unit, 0, 50).bytes()).frameRate, undefined);
});

Deno.test("readHevcSps() knows the size where the coding tools make no sense", () => {
  const unit = plainCoding(start(0).ue(0, 1, 640, 360).u(1, 0)).ue(2 ** 30);
  assertEquals(readHevcSps(unit.bytes()), { width: 640, height: 360, frameRate: undefined });
});

const REFUSED = [
  { name: "nothing", record: bytes(), reason: "cut off" },
  { name: "another version", record: bytes(2, HEVC_CONFIG.subarray(1)), reason: "version" },
  { name: "no SPS", record: bytes(HEVC_CONFIG.subarray(0, 22), 0), reason: "no SPS" },
  { name: "arrays that are cut off", record: HEVC_CONFIG.subarray(0, 60), reason: "cut off" },
  {
    name: "65,535 units in no bytes",
    record: bytes(HEVC_CONFIG.subarray(0, 22), 1, 33, 0xff, 0xff),
    reason: "cut off",
  },
];
for (const { name, record, reason } of REFUSED) {
  Deno.test(`readHevcConfig() refuses ${name}`, () => {
    assertThrows(() => readHevcConfig(record), CodecError, reason);
  });
}
