import fc from "fast-check";
import { readAacConfig } from "../../../../stream/media/codecs/aac_config.ts";
import { readFlacConfig } from "../../../../stream/media/codecs/flac_config.ts";
import { readH264Config } from "../../../../stream/media/codecs/h264_config.ts";
import { readHevcConfig } from "../../../../stream/media/codecs/hevc_config.ts";
import { readMp3Config } from "../../../../stream/media/codecs/mp3_config.ts";
import { readOpusConfig } from "../../../../stream/media/codecs/opus_config.ts";
import type { Sample } from "../../../../stream/media/samples/sample.ts";
import { canCarryInTs, type TsTracks, TsWriter } from "../../../../stream/media/ts/ts_writer.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";
import { bytes, pattern } from "../../../support/bytes.ts";
import { FLAC_STREAM_INFO, HEVC_CONFIG, OPUS_HEAD } from "../../../support/stream/codec_configs.ts";
import { avcSequenceHeader } from "../../../support/stream/media.ts";
import { demuxTs, type TsContent } from "../../../support/stream/ts_demuxer.ts";

const VIDEO = readH264Config(avcSequenceHeader().subarray(5));
const HEVC = readHevcConfig(HEVC_CONFIG);
const AAC = readAacConfig(bytes(0x12, 0x10));
const OPUS = readOpusConfig(OPUS_HEAD);
const MP3 = readMp3Config(bytes(0xff, 0xfb, 0x90, 0x64));
const FLAC = readFlacConfig(FLAC_STREAM_INFO);

const [SPS = bytes(), PPS = bytes()] = VIDEO.nalUnits?.parameterSets ?? [];
const START = [0, 0, 0, 1];
const DELAY = 63_000;

type Write = readonly ["video" | "audio", readonly Sample[]];

function sample(data: Uint8Array<ArrayBuffer>, time: number, fields: Partial<Sample> = {}): Sample {
  return { data, time, duration: 40, compositionOffset: 0, keyFrame: true, ...fields };
}

/** A NAL unit with a length of 4 bytes before it. */
function unit(...content: readonly (number | Iterable<number>)[]): Uint8Array<ArrayBuffer> {
  const body = bytes(...content);
  return bytes(body.length >> 24, body.length >> 16, body.length >> 8, body.length, body);
}

/** Write one after another into a buffer that has exactly the bytes that were asked for. */
function muxed(tracks: TsTracks, writes: readonly Write[]): Uint8Array<ArrayBuffer> {
  const writer = new TsWriter(tracks);
  return bytes(...writes.map(([kind, samples]) => {
    const target = new Uint8Array(writer.bytes(kind, samples));
    assertEquals(writer.write(target, 0, kind, samples), target.length);
    return target;
  }));
}

function demuxed(tracks: TsTracks, writes: readonly Write[]): TsContent {
  return demuxTs(muxed(tracks, writes));
}

// deno-fmt-ignore
const TABLES = [
  // PAT: stream 1, program 1 in PID 0x1000; the checksum is that of every encoder with these numbers
  { name: "PAT", at: 0, expected: bytes(0x47, 0x40, 0, 0x10, 0, 0, 0xb0, 0x0d, 0, 1, 0xc1, 0, 0, 0, 1, 0xf0, 0, 0x2a, 0xb1, 0x04, 0xb2) },
  // PMT: clock in PID 0x100, H.264 in 0x100, AAC in 0x101; as ffmpeg writes it
  { name: "PMT", at: 188, expected: bytes(0x47, 0x50, 0, 0x10, 0, 2, 0xb0, 0x17, 0, 1, 0xc1, 0, 0, 0xe1, 0, 0xf0, 0, 0x1b, 0xe1, 0, 0xf0, 0, 0x0f, 0xe1, 1, 0xf0, 0, 0x2f, 0x44, 0xb9, 0x9b) },
];
for (const { name, at, expected } of TABLES) {
  Deno.test(`TsWriter writes the ${name} byte for byte`, () => {
    const stream = muxed({ video: VIDEO, audio: AAC }, [["video", [sample(unit(0x65, 1), 0)]]]);
    assertEquals(stream.subarray(at, at + expected.length), expected);
    assertEquals(
      stream.subarray(at + expected.length, at + 188),
      new Uint8Array(188 - expected.length).fill(0xff),
    );
  });
}

Deno.test("TsWriter writes a packet of video byte for byte", () => {
  const stream = muxed({ video: VIDEO }, [["video", [
    sample(unit(0x41, 7), 2000, { keyFrame: false, compositionOffset: 40 }),
  ]]]);
  // PCR 180000, DTS 243000, PTS 246600; 33 bits as 3, 15 and 15 with markers
  // deno-fmt-ignore
  const pes = bytes(0, 0, 1, 0xe0, 0, 25, 0x84, 0xc0, 10, 0x31, 0, 0x0f, 0x86, 0x91, 0x11, 0, 0x0f, 0x6a, 0x71);
  const content = bytes(pes, START, 0x09, 0xf0, START, 0x41, 7);
  const field = 184 - 1 - content.length;
  // deno-fmt-ignore
  assertEquals(stream.subarray(376), bytes(
    0x47, 0x41, 0, 0x30, field, 0x10, 0, 0x01, 0x5f, 0x90, 0x7e, 0,
    new Uint8Array(field - 7).fill(0xff),
    content,
  ));
});

Deno.test("TsWriter begins a key frame with a delimiter and the parameter sets", () => {
  const { pes } = demuxed({ video: VIDEO }, [
    ["video", [sample(bytes(unit(0x09, 0x10), unit(0x06, 1), unit(0x65, 2)), 0)]],
    ["video", [sample(unit(0x41, 3), 40, { keyFrame: false })]],
  ]);
  const key = bytes(START, 0x09, 0xf0, START, SPS, START, PPS, START, 0x06, 1, START, 0x65, 2);
  assertEquals(pes.map(({ payload }) => payload), [key, bytes(START, 0x09, 0xf0, START, 0x41, 3)]);
  assertEquals(pes.map(({ randomAccess }) => randomAccess), [true, false]);
  assertEquals(pes.map(({ pcr }) => pcr), [0, 3600]);
});

Deno.test("TsWriter carries HEVC with its own delimiter and all parameter sets", () => {
  const { sections, pes } = demuxed({ video: HEVC }, [
    ["video", [sample(bytes(unit(0x46, 1, 0x10), unit(0x26, 1, 9)), 0)]],
  ]);
  const sets = (HEVC.nalUnits?.parameterSets ?? []).flatMap((set) => [...START, ...set]);
  assertEquals(pes[0]?.payload, bytes(START, 0x46, 1, 0x50, sets, START, 0x26, 1, 9));
  assertEquals(sections[1]?.[12], 0x24);
});

Deno.test("TsWriter puts an ADTS header before each AAC frame of a group", () => {
  const frames = [pattern(300, 1), pattern(5, 2)].map((data, i) => sample(data, 44_100 + 1024 * i));
  const { pes } = demuxed({ audio: AAC }, [["audio", frames]]);
  // MPEG-4 LC, 44.1 kHz, stereo, no checksum; lengths of 307 and 12
  const first = bytes(0xff, 0xf1, 0x50, 0x80, 307 >> 3, (307 & 7) << 5 | 0x1f, 0xfc, pattern(300, 1));
  const second = bytes(0xff, 0xf1, 0x50, 0x80, 12 >> 3, (12 & 7) << 5 | 0x1f, 0xfc, pattern(5, 2));
  assertEquals(pes[0]?.payload, bytes(first, second));
  assertEquals([pes[0]?.pts, pes[0]?.pcr, pes[0]?.streamId], [90_000 + DELAY, 90_000, 0xc0]);
});

Deno.test("TsWriter puts a control header before each Opus packet", () => {
  const frames = [3, 255, 600].map((length, i) => sample(pattern(length), 960 * i));
  const { sections, pes } = demuxed({ audio: OPUS }, [["audio", frames]]);
  const [three, long, longest] = frames.map(({ data }) => data);
  assertEquals(
    pes[0]?.payload,
    bytes(
      0x7f,
      0xe0,
      3,
      three ?? [],
      0x7f,
      0xe0,
      255,
      0,
      long ?? [],
      0x7f,
      0xe0,
      255,
      255,
      90,
      longest ?? [],
    ),
  );
  assertEquals(pes[0]?.streamId, 0xbd);
  // Private data in PID 0x101 with two descriptors: registration, and two channels
  const entry = bytes(0x06, 0xe1, 1, 0xf0, 10, 0x05, 4, "Opus", 0x7f, 2, 0x80, 2);
  assertEquals(sections[1]?.slice(12, -4), entry);
});

Deno.test("TsWriter carries MP3 as it is", () => {
  const data = bytes(0xff, 0xfb, 0x90, 0x64, pattern(400));
  const { sections, pes } = demuxed({ audio: MP3 }, [["audio", [sample(data, 0)]]]);
  assertEquals([pes[0]?.payload, sections[1]?.[12]], [data, 0x03]);
});

Deno.test("TsWriter repeats tables before key frames, every 0.4 s and where a segment begins", () => {
  const writer = new TsWriter({ video: VIDEO });
  const tablesBefore = (time: number, frame: "key" | "other"): boolean => {
    const samples = [sample(unit(0x41, 1), time, { keyFrame: frame === "key" })];
    const target = new Uint8Array(writer.bytes("video", samples));
    writer.write(target, 0, "video", samples);
    return target[1] === 0x40;
  };
  const frames = [[0, "other"], [40, "other"], [80, "key"], [479, "other"], [480, "other"], [
    520,
    "other",
  ]] as const;
  const seen = frames.map(([time, frame]) => tablesBefore(time, frame));
  assertEquals(seen, [true, false, true, false, true, false]);
  writer.beginSegment();
  assert(tablesBefore(560, "other"));
});

Deno.test("TsWriter wraps times at 33 bits", () => {
  const wrapMs = 2 ** 33 / 90;
  const { pes } = demuxed({ video: VIDEO }, [["video", [sample(unit(0x65, 1), Math.ceil(wrapMs) + 1000)]]]);
  const ticks = Math.ceil(wrapMs) * 90 + 90_000 - 2 ** 33;
  assertEquals([pes[0]?.pcr, pes[0]?.dts], [ticks, ticks + DELAY]);
});

Deno.test("TsWriter that follows another program marks the first packet of each track, and counts on", () => {
  const writer = new TsWriter({ video: VIDEO, audio: AAC }, { version: 5, discontinuity: true });
  const marks: number[] = [];
  const lengths: number[] = [];
  for (const [kind, length] of [["video", 10], ["audio", 158], ["audio", 10], ["video", 10]] as const) {
    const frame = sample(kind === "video" ? unit(0x41, pattern(length)) : pattern(length), 0, {
      keyFrame: false,
    });
    const target = new Uint8Array(writer.bytes(kind, [frame]));
    assertEquals(writer.write(target, 0, kind, [frame]), target.length);
    const packets = demuxTs(target).sections.length;
    const at = 188 * packets;
    marks.push(((target[at + 3] ?? 0) & 0x20) === 0 ? 0 : (target[at + 5] ?? 0) & 0x80);
    lengths.push(target.length / 188 - packets);
    if (packets > 0) assertEquals(target[188 + 10], 0xc1 | 5 << 1, "version of the map");
  }
  assertEquals(marks, [0x80, 0x80, 0, 0]);
  // 14 bytes of PES header, 7 of ADTS, 158 of sound and the field of 2 fill a packet of 184 but for 3.
  assertEquals(lengths, [1, 1, 1, 1]);
});

Deno.test("TsWriter leaves out what it cannot carry", () => {
  assertEquals([VIDEO, HEVC, AAC, OPUS, MP3, FLAC].map(canCarryInTs), [true, true, true, true, true, false]);
  const writer = new TsWriter({ audio: FLAC });
  assertEquals(writer.bytes("audio", [sample(bytes(1), 0)]), 0);
  const video = new TsWriter({ video: VIDEO, audio: AAC });
  assertEquals(video.bytes("audio", []), 0);
  // Units of no bytes, units that are cut off, AAC frames longer than 13 bits can say
  assertEquals(video.bytes("video", [sample(bytes(0, 0, 0, 0), 0)]), 0);
  assertEquals(video.bytes("video", [sample(bytes(0xff, 0xff, 0xff, 0xff, 1), 0)]), 0);
  assertEquals(video.write(new Uint8Array(0), 0, "audio", [sample(new Uint8Array(8185), 0)]), 0);
  assertThrows(() => video.bytes("video", []), RangeError, "Cannot write 0 video frames");
});

Deno.test("canCarryInTs() refuses AAC that ADTS cannot describe", () => {
  // A rate that is in no table; channels in a program_config_element; eight channels with a rear pair
  const rate = readAacConfig(bytes(0x17, 0x80, 0x5d, 0xbf, 0x90));
  assertEquals(rate.timeScale, 47_999);
  assert(!canCarryInTs(rate));
  assert(!canCarryInTs(readAacConfig(bytes(0x11, 0xe0))));
});

Deno.test("what TsWriter writes can be put together again, whatever the sizes", () => {
  const size = fc.integer({ min: 1, max: 1200 });
  const write = fc.record({
    isVideo: fc.boolean(),
    keyFrame: fc.boolean(),
    size,
    offset: fc.nat({ max: 500 }),
  });
  fc.assert(fc.property(fc.array(write, { minLength: 1, maxLength: 30 }), (writes) => {
    const samples = writes.map(({ isVideo, keyFrame, size, offset }, i): Write => {
      const data = isVideo ? unit(0x61, pattern(size, i)) : pattern(size, i);
      const time = isVideo ? 40 * i : 1764 * i;
      return [
        isVideo ? "video" : "audio",
        [sample(data, time, { keyFrame, compositionOffset: isVideo ? offset : 0 })],
      ];
    });
    const { pes } = demuxed({ video: VIDEO, audio: AAC }, samples);
    assertEquals(pes.length, samples.length);
    for (const [i, [kind, [first]]] of samples.entries()) {
      const { payload, pts, dts } = pes[i] ?? { payload: bytes(), pts: 0, dts: 0 };
      assert(first !== undefined);
      assertEquals(dts, 3600 * i + DELAY);
      assertEquals(pts, dts + first.compositionOffset * 90);
      const tail = kind === "video" ? first.data.subarray(4) : first.data;
      assertEquals(payload.slice(-tail.length), tail.slice());
    }
  }));
});
