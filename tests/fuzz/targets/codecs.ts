/**
 * What muxers read of media: configurations of every codec, frames, and what is written from them.
 *
 * @module
 */
import { readTrackConfig } from "../../../stream/media/codecs/read_track_config.ts";
import type { TrackConfig } from "../../../stream/media/codecs/track_config.ts";
import { MediaKind } from "../../../stream/media/media_message.ts";
import { encodeInitSegment } from "../../../stream/media/mp4/init_segment.ts";
import { partBytes, writePart } from "../../../stream/media/mp4/part.ts";
import { AudioSampler } from "../../../stream/media/samples/audio_sampler.ts";
import { type MediaPacket, readMediaPacket } from "../../../stream/media/samples/media_packet.ts";
import type { Sample } from "../../../stream/media/samples/sample.ts";
import { VideoSampler } from "../../../stream/media/samples/video_sampler.ts";
import { TsWriter } from "../../../stream/media/ts/ts_writer.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import { boxAt } from "../../support/stream/boxes.ts";
import * as configs from "../../support/stream/codec_configs.ts";
import { aacFrame, aacSequenceHeader, avcInterFrame, avcKeyFrame } from "../../support/stream/media.ts";
import { demuxTs } from "../../support/stream/ts_demuxer.ts";
import { corpusOf } from "../recordings.ts";
import type { Random } from "../random.ts";
import type { FuzzTarget } from "../target.ts";
import { SAMPLE_VIEWS } from "../../../stream/media/samples/sample_store.ts";

/** Sequence headers, and first frames of codecs without one. */
const HEADERS: readonly Uint8Array<ArrayBuffer>[] = [
  bytes(0x17, 0, 0, 0, 0, configs.AVC_CONFIG),
  bytes(0x90, "hvc1", configs.HEVC_CONFIG),
  bytes(0x90, "hvc1", configs.HEVC_10_BIT_CONFIG),
  bytes(0x90, "av01", configs.AV1_CONFIG),
  bytes(0x90, "vp09", configs.VP9_CONFIG),
  aacSequenceHeader(),
  bytes(0xaf, 0, 0x2b, 0x11, 0x88, 0),
  bytes(0xaf, 0, 0x11, 0x80, 0x04, 0xc8, 0x44, 0x00, 0x20, 0x00, 0xc4, 0x0d),
  bytes(0x90, "Opus", configs.OPUS_HEAD),
  bytes(0x90, "Opus", "OpusHead", 1, 6, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 1, 4, 2, 0, 4, 1, 2, 3, 5),
  bytes(0x90, "fLaC", configs.FLAC_STREAM_INFO),
  bytes(0x2f, 0xff, 0xfb, 0x90, 0x64),
  bytes(0x91, "ac-3", 0x0b, 0x77, 0, 0, 0x14, 0x40, 0xeb),
];

const FRAMES: readonly Uint8Array<ArrayBuffer>[] = [
  avcKeyFrame(),
  avcInterFrame(1, { size: 400 }),
  bytes(0xa1, "hvc1", 0xff, 0xff, 0xd8, 0, 0, 0, 3, 0x26, 1, 9, 0, 0, 0, 2, 0x46, 1),
  bytes(0x91, "av01", 0x12, 0, 0x0a, 1, 2),
  aacFrame(),
  bytes(0x91, "Opus", 0xfb, 0x86, 1, 2, 3),
  bytes(0x91, "fLaC", 0xff, 0xf8, 0x7a, 0x18, 0xe1, 0x80, 0x80, 0x03, 0xe7),
];

const CODEC_STRING =
  /^(?:avc1\.[0-9a-f]{6}|hvc1\.[ABC]?\d+\.[0-9A-F]+\.[LH]\d+(?:\.[0-9A-F]{2})*|av01\.\d\.\d\d[MH]\.\d\d|vp09(?:\.\d{2,3}){3}|mp4a\.(?:40\.\d+|69|6B)|opus|fLaC|ac-3)$/;

/** Tracks whose frames are fuzzed: one of each way in which frames are read. */
const TRACKS: readonly TrackConfig[] = HEADERS.flatMap((payload) => configOf(payload) ?? []);

function packetsOf(payload: Uint8Array<ArrayBuffer>): MediaPacket[] {
  return [MediaKind.Video, MediaKind.Audio].flatMap((typeId) => readMediaPacket(typeId, payload) ?? []);
}

function configOf(payload: Uint8Array<ArrayBuffer>): TrackConfig | undefined {
  const results = packetsOf(payload).map((packet) => readTrackConfig(packet, { width: 322, height: 182 }));
  return results.find((result) => result.kind === "config")?.config;
}

function checkConfig(config: TrackConfig, input: Uint8Array): void {
  assert(CODEC_STRING.test(config.codecString), `the codec string is ${config.codecString}`);
  assert(config.configurationBox.length <= input.length + 64, "the configuration grew");
  assert(Number.isInteger(config.timeScale) && config.timeScale > 0, `the time scale is ${config.timeScale}`);
  if (config.kind === "video") {
    for (const pixels of [config.width, config.height]) {
      assert(Number.isInteger(pixels) && pixels >= 1 && pixels <= 65_535, `a side has ${pixels} pixels`);
    }
    const { frameRate } = config;
    assert(
      frameRate === undefined || (Number.isFinite(frameRate) && frameRate > 0),
      `${frameRate} frames a second`,
    );
  } else {
    assert(config.channels >= 1 && config.channels <= 255, `${config.channels} channels`);
    assert(config.frameSamples === undefined || config.frameSamples > 0, `${config.frameSamples} samples`);
  }
  const stsd = boxAt(encodeInitSegment([config]), ["moov", "trak", "mdia", "minf", "stbl", "stsd"]);
  assertEquals(stsd.slice(-config.configurationBox.length), config.configurationBox);
  const writer = config.kind === "video" ? new TsWriter({ video: config }) : new TsWriter({ audio: config });
  checkTs(writer, config.kind, {
    data: bytes(0, 0, 0, 1, 0x65),
    time: 0,
    duration: 1,
    compositionOffset: 0,
    keyFrame: true,
  });
}

function checkTs(writer: TsWriter, kind: "video" | "audio", sample: Sample): void {
  const target = new Uint8Array(writer.bytes(kind, [sample]));
  assertEquals(writer.write(target, 0, kind, [sample]), target.length);
  demuxTs(target);
}

function checkSample(sample: Sample, kind: "video" | "audio", earliest: number): void {
  const { time, duration, compositionOffset } = sample;
  assert(
    [time, duration, compositionOffset].every(Number.isInteger),
    `times are ${time}, ${duration}, ${compositionOffset}`,
  );
  assert(
    time >= earliest && duration >= 1 && compositionOffset >= 0,
    `times are ${time}, ${duration}, ${compositionOffset}`,
  );
  const part = [{ id: 1, kind, samples: [sample] }];
  const target = new Uint8Array(partBytes(part));
  assertEquals(writePart(target, 0, 1, part), target.length);
  assertEquals(target.slice(-sample.data.length), sample.data.slice());
}

/** Give frames to a track of any codec, at times of any order. */
function sampleFrames(track: TrackConfig, packets: readonly MediaPacket[], random: Random): void {
  const video = track.kind === "video" ? new VideoSampler(track, SAMPLE_VIEWS) : undefined;
  const audio = track.kind === "audio" ? new AudioSampler(track, SAMPLE_VIEWS) : undefined;
  const writer = new TsWriter(track.kind === "video" ? { video: track } : { audio: track });
  let earliest = 0;
  for (const packet of packets) {
    const timeMs = random.below(100_000);
    const sample = video?.add(packet, timeMs) ?? audio?.add(packet.data, timeMs);
    if (sample === undefined) continue;
    checkSample(sample, track.kind, earliest);
    checkTs(writer, track.kind, sample);
    earliest = sample.time + 1;
  }
}

/** Configurations and frames. */
export function codecTargets(): FuzzTarget[] {
  return [
    {
      name: "track-config",
      corpus: corpusOf(HEADERS),
      testCases: 4000,
      run(input) {
        const config = configOf(input);
        if (config !== undefined) checkConfig(config, input);
      },
    },
    {
      name: "samples",
      corpus: corpusOf(FRAMES),
      testCases: 2000,
      run(input, random) {
        const packets = packetsOf(input);
        const track = TRACKS[random.below(TRACKS.length)];
        assert(track !== undefined, "no configuration of the corpus was read");
        sampleFrames(track, [...packets, ...packets, ...packets], random);
      },
    },
  ];
}
