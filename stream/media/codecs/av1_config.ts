/**
 * AV1: AV1CodecConfigurationRecord, which is Enhanced RTMP's sequence start as it is. AV1 in ISOBMFF §2.3 and §5. Pure.
 *
 * @module
 */
import { box } from "../mp4/box.ts";
import { readAv1SequenceHeader } from "./av1_sequence_header.ts";
import { ByteReader } from "./byte_reader.ts";
import { CodecError } from "./codec_error.ts";
import { pictureSize } from "./picture_size.ts";
import type { PictureFacts, VideoConfig } from "./track_config.ts";
import { VIDEO_TIME_SCALE } from "./video_tracks.ts";

/** Marker and version 1. */
const MARKER_AND_VERSION = 0x81;
const PROFILES = ["Main", "High", "Professional"];
const RECORD_BYTES = 4;

/**
 * Read an `av1C`.
 *
 * @param facts Used for the size where the record has no sequence header.
 * @throws {CodecError} It is cut off, or nothing says the size.
 */
export function readAv1Config(record: Uint8Array, facts: PictureFacts): VideoConfig {
  const reader = new ByteReader(record);
  if (reader.readUint8() !== MARKER_AND_VERSION) throw new CodecError("av1C has an unknown version");
  const [profileAndLevel, format] = [reader.readUint8(), reader.readUint8()];
  reader.skip(1);
  const profile = profileAndLevel >> 5;
  const level = profileAndLevel & 0b1_1111;
  const header = readAv1SequenceHeader(record.subarray(RECORD_BYTES));
  return {
    kind: "video",
    codec: "AV1",
    codecString: `av01.${profile}.${twoDigits(level)}${format >> 7 === 1 ? "H" : "M"}.${
      twoDigits(depthOf(format))
    }`,
    sampleEntry: "av01",
    configurationBox: box("av1C", record),
    timeScale: VIDEO_TIME_SCALE,
    profile: PROFILES[profile] ?? "",
    // Four minor levels each from 2.0 on.
    level: `${2 + (level >> 2)}.${level & 3}`,
    ...pictureSize(header?.width ?? facts.width, header?.height ?? facts.height),
    frameRate: header?.frameRate,
    nalUnits: undefined,
  };
}

function depthOf(format: number): number {
  if ((format & 0b0100_0000) === 0) return 8;
  return (format & 0b0010_0000) === 0 ? 10 : 12;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
