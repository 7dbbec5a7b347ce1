import { readAacConfig } from "../../../../stream/media/codecs/aac_config.ts";
import { readAc3Config } from "../../../../stream/media/codecs/ac3_config.ts";
import { CodecError } from "../../../../stream/media/codecs/codec_error.ts";
import { readFlacConfig } from "../../../../stream/media/codecs/flac_config.ts";
import { readMp3Config } from "../../../../stream/media/codecs/mp3_config.ts";
import { readOpusConfig } from "../../../../stream/media/codecs/opus_config.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import { BitWriter } from "../../../support/stream/bit_writer.ts";
import { FLAC_STREAM_INFO, OPUS_HEAD } from "../../../support/stream/codec_configs.ts";

// Object type (5 bits), rate index (4), channels (4), then frame length, core coder and extension flags
const AAC = [
  {
    name: "LC at 44.1 kHz, stereo",
    record: [0x12, 0x10],
    expected: ["mp4a.40.2", "LC", 44_100, 44_100, 2, 1024],
  },
  { name: "LC at 48 kHz, 5.1", record: [0x11, 0xb0], expected: ["mp4a.40.2", "LC", 48_000, 48_000, 6, 1024] },
  {
    name: "LC with frames of 960 samples",
    record: [0x11, 0x94],
    expected: ["mp4a.40.2", "LC", 48_000, 48_000, 2, 960],
  },
  // 29 or 5, core rate 24000, then 48000 and LC
  { name: "HE-AAC", record: [0x2b, 0x11, 0x88, 0], expected: ["mp4a.40.5", "HE", 24_000, 48_000, 2, 1024] },
  {
    name: "HE-AAC v2",
    record: [0xeb, 0x09, 0x88, 0],
    expected: ["mp4a.40.29", "HEv2", 24_000, 48_000, 1, 1024],
  },
  // Backward compatible signalling: the sync extension 0x2b7 with rate 48000 after an LC configuration
  {
    name: "LC with SBR after it",
    record: [0x13, 0x10, 0x56, 0xe5, 0x98],
    expected: ["mp4a.40.2", "LC", 24_000, 24_000, 2, 1024],
  },
] as const;
for (const { name, record, expected } of AAC) {
  Deno.test(`readAacConfig() reads ${name}`, () => {
    const { codecString, profile, timeScale, sampleRate, channels, frameSamples } = readAacConfig(
      bytes(record),
    );
    assertEquals([codecString, profile, timeScale, sampleRate, channels, frameSamples], [...expected]);
  });
}

Deno.test("readAacConfig() reads an explicit rate, and channels of a program_config_element", () => {
  const record = new BitWriter().u(5, 2).u(4, 15).u(24, 47_999).u(4, 0).u(3, 0)
    // tag, profile, rate; 2 front, 1 side, 1 back, 1 LFE, no data or coupling; mono mixdown; then pair, single, pair, single
    .u(4, 0).u(2, 1).u(4, 3).u(4, 2).u(4, 1).u(4, 1).u(2, 1).u(3, 0).u(4, 0).u(1, 1).u(4, 0).u(1, 0).u(1, 0)
    .u(5, 0b1_0000).u(5, 0).u(5, 0b1_0001).u(5, 0b0_0001).bytes();
  const { timeScale, channels } = readAacConfig(record);
  assertEquals([timeScale, channels], [47_999, 7]);
});

Deno.test("readAacConfig() knows the sampling rates of the table", () => {
  const rates = [
    96_000,
    88_200,
    64_000,
    48_000,
    44_100,
    32_000,
    24_000,
    22_050,
    16_000,
    12_000,
    11_025,
    8_000,
    7_350,
  ];
  const records = rates.map((_, index) => new BitWriter().u(5, 2).u(4, index).u(4, 2).u(3, 0).bytes());
  assertEquals(records.map((record) => readAacConfig(record).sampleRate), rates);
});

Deno.test("readAacConfig() passes over the delay of a core coder", () => {
  // 14 bits of delay before the extension flag, then an element with one front pair
  const record = new BitWriter().u(5, 2).u(4, 3).u(4, 0).u(1, 0).u(1, 1).u(14, 0x3fff).u(1, 0)
    .u(10, 0).u(4, 1).u(4, 0).u(4, 0).u(2, 0).u(7, 0).u(3, 0).u(5, 0b1_0000).bytes();
  assertEquals(readAacConfig(record).channels, 2);
});

const REFUSED_AAC = [
  { name: "nothing", record: [], reason: "cut off" },
  { name: "one byte", record: [0x12], reason: "cut off" },
  { name: "object type 0", record: [0x02, 0x10], reason: "object type 0" },
  { name: "an escaped object type", record: [0xf9, 0x46, 0x40], reason: "object type 42" },
  { name: "spectral band replication in itself", record: [0x2b, 0x11, 0x94, 0], reason: "object type 5" },
  { name: "a reserved rate", record: [0x16, 0x90], reason: "rate index 13" },
  { name: "a rate of 0", record: [0x17, 0x80, 0, 0, 0x10, 0], reason: "rate index 15" },
  { name: "a reserved channel configuration", record: [0x12, 0x48], reason: "channel configuration 9" },
  { name: "a configuration of 513 bytes", record: [0x12, 0x10, ...new Uint8Array(511)], reason: "513 bytes" },
];
for (const { name, record, reason } of REFUSED_AAC) {
  Deno.test(`readAacConfig() refuses ${name}`, () => {
    assertThrows(() => readAacConfig(bytes(record)), CodecError, reason);
  });
}

// Sync word, version, layer, protection; bit rate, rate, padding; mode
const MP3 = [
  { name: "MPEG 1", frame: [0xff, 0xfb, 0x90, 0x64], expected: ["mp4a.6B", 44_100, 2, 1152] },
  { name: "MPEG 1 at 32 kHz, mono", frame: [0xff, 0xfb, 0x98, 0xc4], expected: ["mp4a.6B", 32_000, 1, 1152] },
  { name: "MPEG 2", frame: [0xff, 0xf3, 0x84, 0x44], expected: ["mp4a.69", 24_000, 2, 576] },
  { name: "MPEG 2.5", frame: [0xff, 0xe3, 0x18, 0xc4], expected: ["mp4a.69", 8_000, 1, 576] },
] as const;
for (const { name, frame, expected } of MP3) {
  Deno.test(`readMp3Config() reads a frame of ${name}`, () => {
    const { codecString, timeScale, sampleRate, channels, frameSamples } = readMp3Config(bytes(frame));
    assertEquals([codecString, timeScale, channels, frameSamples], [...expected]);
    assertEquals(sampleRate, timeScale);
  });
}

Deno.test("readMp3Config() writes an esds without a configuration", () => {
  // ES descriptor; decoder configuration of MP3; SL configuration
  const esds = bytes(0, 0, 0, 0, 3, 21, 0, 0, 0, 4, 13, 0x6b, 0x15, new Uint8Array(11), 6, 1, 2);
  const { configurationBox } = readMp3Config(bytes(0xff, 0xfb, 0x90, 0x64));
  assertEquals(configurationBox, bytes(0, 0, 0, 8 + esds.length, "esds", esds));
});

const NOT_MP3 = [
  { name: "no sync word", frame: [0xff, 0xdb, 0x90, 0x64] },
  { name: "a reserved version", frame: [0xff, 0xeb, 0x90, 0x64] },
  { name: "layer II", frame: [0xff, 0xfd, 0x90, 0x64] },
  { name: "a reserved rate", frame: [0xff, 0xfb, 0x9c, 0x64] },
  { name: "an ID3 tag", frame: bytes("ID3", 4, 0, 0) },
];
for (const { name, frame } of NOT_MP3) {
  Deno.test(`readMp3Config() refuses ${name}`, () => {
    assertThrows(() => readMp3Config(bytes(frame)), CodecError, "MPEG layer III");
  });
}

Deno.test("readOpusConfig() turns OpusHead into dOps", () => {
  const config = readOpusConfig(OPUS_HEAD);
  // version, channels, pre-skip 312, 48000 Hz, gain 0, family 0
  assertEquals(
    config.configurationBox,
    bytes(0, 0, 0, 19, "dOps", 0, 2, 0x01, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0),
  );
  const { codecString, sampleEntry, timeScale, channels, frameSamples, configuration } = config;
  assertEquals([codecString, sampleEntry, timeScale, channels], ["opus", "Opus", 48_000, 2]);
  assertEquals(frameSamples, undefined);
  assertEquals(configuration, OPUS_HEAD);
});

Deno.test("readOpusConfig() keeps gain and channel mapping", () => {
  const mapping = [4, 2, 0, 4, 1, 2, 3, 5];
  const head = bytes("OpusHead", 1, 6, 0x38, 0x01, 0x44, 0xac, 0, 0, 0x00, 0xff, 1, mapping);
  const dOps = bytes(0, 6, 0x01, 0x38, 0, 0, 0xac, 0x44, 0xff, 0x00, 1, mapping);
  assertEquals(readOpusConfig(head).configurationBox, bytes(0, 0, 0, 27, "dOps", dOps));
});

const NOT_OPUS = [
  { name: "another magic", head: bytes("OpusTags", OPUS_HEAD.subarray(8)) },
  { name: "a head that is cut off", head: OPUS_HEAD.subarray(0, 18) },
  { name: "no channels", head: bytes("OpusHead", 1, 0, OPUS_HEAD.subarray(10)) },
  { name: "three channels without a mapping", head: bytes("OpusHead", 1, 3, OPUS_HEAD.subarray(10)) },
  { name: "a mapping that is cut off", head: bytes(OPUS_HEAD.subarray(0, 18), 1, 1, 1, 0) },
];
for (const { name, head } of NOT_OPUS) {
  Deno.test(`readOpusConfig() refuses ${name}`, () => {
    assertThrows(() => readOpusConfig(head), CodecError, "OpusHead");
  });
}

// Block sizes, no frame sizes, rate, channels and bits, no number of samples, no checksum
const STREAM_INFO = bytes(
  FLAC_STREAM_INFO.subarray(0, 4),
  0,
  0,
  0,
  0,
  0,
  0,
  0x0b,
  0xb8,
  0x02,
  0xf0,
  new Uint8Array(20),
);

Deno.test("readFlacConfig() turns STREAMINFO into dfLa, without what is known at the end only", () => {
  const config = readFlacConfig(FLAC_STREAM_INFO);
  assertEquals(config.configurationBox, bytes(0, 0, 0, 50, "dfLa", 0, 0, 0, 0, 0x80, 0, 0, 34, STREAM_INFO));
  const { codecString, sampleEntry, timeScale, channels, sampleBits } = config;
  assertEquals([codecString, sampleEntry, timeScale, channels, sampleBits], ["fLaC", "fLaC", 48_000, 2, 16]);
});

Deno.test("readFlacConfig() reads a STREAMINFO with a block header, and with the magic number", () => {
  const expected = readFlacConfig(FLAC_STREAM_INFO);
  assertEquals(readFlacConfig(bytes(0x80, 0, 0, 34, FLAC_STREAM_INFO)), expected);
  assertEquals(readFlacConfig(bytes("fLaC", 0x80, 0, 0, 34, FLAC_STREAM_INFO)), expected);
  assertEquals(readFlacConfig(bytes("fLaC", 0, 0, 0, 34, FLAC_STREAM_INFO, 0x84, 0, 0, 1, 0)), expected);
});

Deno.test("readFlacConfig() refuses a STREAMINFO that is cut off, and one without a rate", () => {
  assertThrows(() => readFlacConfig(FLAC_STREAM_INFO.subarray(0, 33)), CodecError, "33 of 34 bytes");
  assertThrows(() => readFlacConfig(new Uint8Array(34)), CodecError, "no sampling rate");
});

// Checksum, then fscod and frmsizecod, bsid and bsmod, acmod, mix levels, lfeon
const AC3 = [
  // 0b010 00 0: stereo, Dolby Surround not indicated, no LFE
  {
    name: "stereo at 48 kHz",
    frame: [0x14, 0x40, 0b0100_0000],
    dac3: [0x10, 0x11, 0x40],
    channels: 2,
    rate: 48_000,
  },
  // 0b111 01 01 1: 3/2, centre, surround, LFE; rate 44.1 kHz, size code 0x1c
  {
    name: "5.1 at 44.1 kHz",
    frame: [0x5c, 0x40, 0b1110_1011],
    dac3: [0x50, 0x3d, 0xc0],
    channels: 6,
    rate: 44_100,
  },
  // 0b001 0: mono without LFE
  {
    name: "mono at 32 kHz",
    frame: [0x88, 0x40, 0b0010_0000],
    dac3: [0x90, 0x08, 0x80],
    channels: 1,
    rate: 32_000,
  },
];
for (const { name, frame, dac3, channels, rate } of AC3) {
  Deno.test(`readAc3Config() reads ${name}`, () => {
    const config = readAc3Config(bytes(0x0b, 0x77, 0x12, 0x34, frame));
    assertEquals(config.configurationBox, bytes(0, 0, 0, 11, "dac3", dac3));
    assertEquals([config.channels, config.sampleRate, config.timeScale], [channels, rate, rate]);
    assertEquals([config.codecString, config.sampleEntry, config.frameSamples], ["ac-3", "ac-3", 1536]);
  });
}

Deno.test("readAc3Config() refuses other sync words, a reserved rate, E-AC-3 and a frame that is cut off", () => {
  const refuse = (frame: readonly number[], reason: string) =>
    assertThrows(() => readAc3Config(bytes(frame)), CodecError, reason);
  refuse([0x0b, 0x78, 0, 0, 0x14, 0x40, 0x40], "header of AC-3");
  refuse([0x0b, 0x77, 0, 0, 0xd4, 0x40, 0x40], "header of AC-3");
  refuse([0x0b, 0x77, 0, 0, 0x14, 0x80, 0x40], "header of AC-3");
  refuse([0x0b, 0x77, 0, 0, 0x14], "cut off");
});
