/**
 * H.264: AVCDecoderConfigurationRecord, which is FLV's sequence header as it is. ISO/IEC 14496-15 §5.3.3.1; codec
 * string RFC 6381 §3.3. Pure.
 *
 * @module
 */
import { box } from "../mp4/box.ts";
import { ByteReader } from "./byte_reader.ts";
import { CodecError } from "./codec_error.ts";
import { readH264Sps } from "./h264_sps.ts";
import { hex } from "./hex.ts";
import { pictureSize } from "./picture_size.ts";
import type { VideoConfig } from "./track_config.ts";
import { readLengthBytes, VIDEO_TIME_SCALE } from "./video_tracks.ts";

const VERSION = 1;
/** Names as SRS has them in its API. */
const PROFILES: Readonly<Record<number, string>> = {
  66: "Baseline",
  77: "Main",
  88: "Extended",
  100: "High",
  110: "High(10)",
  122: "High(422)",
  144: "High(444)",
  244: "High(444+Predictive)",
};

/**
 * Read an `avcC`.
 *
 * @param record Kept in the configuration's box as a copy.
 * @throws {CodecError} It is cut off, has no SPS, or makes no sense.
 */
export function readH264Config(record: Uint8Array): VideoConfig {
  const reader = new ByteReader(record);
  if (reader.readUint8() !== VERSION) throw new CodecError("avcC has an unknown version");
  reader.skip(3);
  const lengthBytes = readLengthBytes(reader.readUint8());
  const spsCount = reader.readUint8() & 0b1_1111;
  const sets = readSets(reader, spsCount);
  const sps = sets[0];
  if (sps === undefined || sps.length < 4) throw new CodecError("avcC has no SPS");
  const ppsCount = reader.readUint8();
  sets.push(...readSets(reader, ppsCount));
  const facts = readH264Sps(sps);
  const [profile = 0, , level = 0] = sps.subarray(1);
  return {
    kind: "video",
    codec: "H264",
    codecString: `avc1.${hex(sps.subarray(1, 4))}`,
    sampleEntry: "avc1",
    configurationBox: box("avcC", record),
    timeScale: VIDEO_TIME_SCALE,
    profile: PROFILES[profile] ?? "",
    level: levelName(level),
    ...pictureSize(facts.width, facts.height),
    frameRate: facts.frameRate,
    nalUnits: { lengthBytes, parameterSets: sets },
  };
}

function readSets(reader: ByteReader, count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, () => reader.readBytes(reader.readUint16()).slice());
}

/** 31 is `3.1`, 30 `3`. */
function levelName(level: number): string {
  return level === 0 ? "" : String(level / 10);
}
