import { readH264Config } from "../../../../stream/media/codecs/h264_config.ts";
import { readH264Sps } from "../../../../stream/media/codecs/h264_sps.ts";
import { CodecError } from "../../../../stream/media/codecs/codec_error.ts";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import { BitWriter } from "../../../support/stream/bit_writer.ts";
import { AVC_CONFIG } from "../../../support/stream/codec_configs.ts";
import { avcSequenceHeader } from "../../../support/stream/media.ts";

/** Baseline up to the size: profile 66, level 3.1, frame_num of 4 bits. */
function baseline(): BitWriter {
  return new BitWriter().u(8, 0x67).u(8, 66).u(8, 0).u(8, 31).ue(0, 0);
}

function high(profile: number, chromaFormat: number): BitWriter {
  return new BitWriter().u(8, 0x67).u(8, profile).u(8, 0).u(8, 31).ue(0, chromaFormat);
}

/** With emulation prevention, as an encoder writes it. */
function escaped(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  for (const byte of raw) {
    if (byte <= 3 && out.at(-1) === 0 && out.at(-2) === 0) out.push(3);
    out.push(byte);
  }
  return Uint8Array.from(out);
}

Deno.test("readH264Config() reads what x264 writes", () => {
  const config = readH264Config(AVC_CONFIG);
  assertEquals(config.codecString, "avc1.64000d");
  assertEquals([config.width, config.height, config.profile, config.level], [322, 182, "High", "1.3"]);
  assertAlmostEquals(config.frameRate ?? 0, 30_000 / 1001, 1e-9);
  assertEquals(config.sampleEntry, "avc1");
  assertEquals(config.timeScale, 1000);
  assertEquals(config.configurationBox, bytes(0, 0, 0, 8 + AVC_CONFIG.length, "avcC", AVC_CONFIG));
  assertEquals(config.nalUnits?.lengthBytes, 4);
  assertEquals(config.nalUnits?.parameterSets.map((set) => (set[0] ?? 0) & 0x1f), [7, 8]);
});

Deno.test("readH264Config() reads a baseline stream of 64 x 64", () => {
  const config = readH264Config(avcSequenceHeader().subarray(5));
  const { codecString, width, height, profile, level, frameRate } = config;
  assertEquals({ codecString, width, height, profile, level, frameRate }, {
    ...{ codecString: "avc1.42c00a", width: 64, height: 64, profile: "Baseline", level: "1", frameRate: 25 },
  });
});

Deno.test("readH264Config() copies what it keeps", () => {
  const record = AVC_CONFIG.slice();
  const config = readH264Config(record);
  record.fill(0);
  assertEquals(config.configurationBox.subarray(8), AVC_CONFIG);
  assertEquals(config.nalUnits?.parameterSets[0]?.[0], 0x67);
});

// deno-fmt-ignore
const SPS = [
  // poc type 0 with 4 bits, 1 reference, no gaps, 80 x 45 macroblocks of frames, direct 8x8, no cropping, no VUI
  { name: "720p without cropping", unit: baseline().ue(0, 0, 1).u(1, 0).ue(79, 44).u(1, 1).u(1, 0).u(1, 0).u(1, 0), size: [1280, 720] },
  // poc type 2; cropping of 8 rows in units of 2
  { name: "1080p with 8 rows cropped", unit: baseline().ue(2, 1).u(1, 0).ue(119, 67).u(1, 1).u(1, 0).u(1, 1).ue(0, 0, 0, 4).u(1, 0), size: [1920, 1080] },
  // poc type 1 with a cycle of 2
  { name: "picture order type 1", unit: baseline().ue(1).u(1, 1).se(-3, 2).ue(2).se(5, -70).ue(1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 0).u(1, 0), size: [160, 144] },
  // 34 map units of fields; cropping of 4 rows counts twice and in units of 2
  { name: "interlaced 1080i", unit: baseline().ue(2, 1).u(1, 0).ue(119, 33).u(1, 0).u(1, 1).u(1, 0).u(1, 1).ue(0, 0, 0, 2).u(1, 0), size: [1920, 1080] },
  // High 4:2:2: 8 bits, no scaling matrix; rows are cropped one by one, columns by two
  { name: "4:2:2 cropping", unit: high(122, 2).ue(0, 0).u(1, 0).u(1, 0).ue(0, 2, 1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 1).ue(1, 2, 3, 4).u(1, 0), size: [160 - 6, 144 - 7] },
  // 4:4:4 with separate planes
  { name: "4:4:4 cropping", unit: high(244, 3).u(1, 1).ue(0, 0).u(1, 0).u(1, 0).ue(0, 2, 1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 1).ue(1, 2, 3, 4).u(1, 0), size: [160 - 3, 144 - 7] },
  // Scaling matrix: the first list ends at once (next 0), the seventh runs its 64 values
  { name: "scaling lists", unit: high(100, 1).ue(0, 0).u(1, 0).u(1, 1).u(1, 1).se(-8).u(5, 0).u(1, 1).se(...Array.from({ length: 64 }, () => 1)).u(1, 0).ue(0, 2, 1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 0).u(1, 0), size: [160, 144] },
] as const;
for (const { name, unit, size } of SPS) {
  Deno.test(`readH264Sps() reads the size of ${name}`, () => {
    const { width, height, frameRate } = readH264Sps(escaped(unit.bytes()));
    assertEquals([width, height, frameRate], [...size, undefined]);
  });
}

Deno.test("readH264Sps() refuses a chroma format that there is not", () => {
  const unit = high(100, 4).ue(0, 0).u(1, 0).u(1, 0).ue(0, 2, 1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 0).u(
    1,
    0,
  );
  const error = assertThrows(() => readH264Sps(escaped(unit.bytes())), CodecError);
  assertEquals(error.message, "chroma format 4 of the SPS is unknown");
});

Deno.test("readH264Sps() reads the frame rate after every other part of the VUI", () => {
  const unit = baseline().ue(2, 1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 0)
    // VUI: extended aspect ratio, overscan, video signal with colours, chroma location, 1001 ticks of 60000
    .u(1, 1).u(1, 1).u(8, 255).u(16, 4).u(16, 3).u(1, 1).u(1, 0).u(1, 1).u(4, 10).u(1, 1).u(24, 0x01_01_01)
    .u(1, 1).ue(1, 1).u(1, 1).u(32, 1001).u(32, 60_000).u(1, 1);
  assertEquals(readH264Sps(escaped(unit.bytes())).frameRate, 30_000 / 1001);
});

Deno.test("readH264Sps() does not know a frame rate of 0 ticks", () => {
  const unit = baseline().ue(2, 1).u(1, 0).ue(9, 8).u(1, 1).u(1, 0).u(1, 0)
    .u(1, 1).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 1).u(32, 0).u(32, 50).u(1, 1);
  assertEquals(readH264Sps(escaped(unit.bytes())).frameRate, undefined);
});

const REFUSED = [
  { name: "nothing", record: bytes(), reason: "cut off" },
  { name: "another version", record: bytes(2, AVC_CONFIG.subarray(1)), reason: "version" },
  {
    name: "lengths of 3 bytes",
    record: bytes(AVC_CONFIG.subarray(0, 4), 0xfe, AVC_CONFIG.subarray(5)),
    reason: "3 bytes",
  },
  { name: "no SPS", record: bytes(1, 66, 0, 31, 0xff, 0xe0, 0), reason: "no SPS" },
  { name: "an SPS that is cut off", record: AVC_CONFIG.subarray(0, 20), reason: "cut off" },
  {
    name: "a picture that is cropped away",
    record: avcC(baseline().ue(2, 1).u(1, 0).ue(0, 0).u(1, 1).u(1, 0).u(1, 1).ue(8, 0, 0, 0).u(1, 0)),
    reason: "size of the picture is 0 x 16",
  },
  {
    name: "a picture of 2^31 macroblocks",
    record: avcC(baseline().ue(2, 1).u(1, 0).ue(2 ** 31 - 2, 8).u(1, 1).u(1, 0).u(1, 0).u(1, 0)),
    reason: "size of the picture",
  },
  {
    name: "a picture order cycle that would take hours",
    record: avcC(baseline().ue(1).u(1, 1).se(0, 0).ue(2 ** 31 - 2)),
    reason: "too long",
  },
];

function avcC(sps: BitWriter): Uint8Array<ArrayBuffer> {
  const unit = escaped(sps.bytes());
  return bytes(1, 66, 0, 31, 0xff, 0xe1, 0, unit.length, unit, 0);
}

for (const { name, record, reason } of REFUSED) {
  Deno.test(`readH264Config() refuses ${name}`, () => {
    assertThrows(() => readH264Config(record), CodecError, reason);
  });
}

Deno.test("readH264Config() refuses or reads every beginning of a record", () => {
  let refused = 0;
  for (let length = 0; length < AVC_CONFIG.length; length++) {
    try {
      readH264Config(AVC_CONFIG.subarray(0, length));
    } catch (error) {
      assert(error instanceof CodecError, String(error));
      refused++;
    }
  }
  // What comes after the parameter sets may be missing.
  assertEquals(refused, AVC_CONFIG.length - 4);
});
