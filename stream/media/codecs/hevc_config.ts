/**
 * HEVC: HEVCDecoderConfigurationRecord, which is FLV's sequence header as it is. ISO/IEC 14496-15 §8.3.3.1; codec string
 * §E.3. Pure.
 *
 * @module
 */
import { box } from "../mp4/box.ts";
import { ByteReader } from "./byte_reader.ts";
import { CodecError } from "./codec_error.ts";
import { readHevcSps } from "./hevc_sps.ts";
import { hex } from "./hex.ts";
import { pictureSize } from "./picture_size.ts";
import type { VideoConfig } from "./track_config.ts";
import { readLengthBytes, VIDEO_TIME_SCALE } from "./video_tracks.ts";

const SPS = 33;
/** VPS, SPS and PPS, in the order in which a decoder wants them. */
const PARAMETER_SETS: readonly number[] = [32, SPS, 34];
/** Between the level and the byte with the length of lengths. */
const SKIPPED_BYTES = 8;
const PROFILE_SPACES = ["", "A", "B", "C"];
/** Names as SRS has them in its API. */
const PROFILES: Readonly<Record<number, string>> = { 1: "Main", 2: "Main10", 3: "MainStill", 4: "Rext" };
/** general_level_idc is 30 times the level. */
const LEVEL_UNIT = 30;

/** The first 13 bytes of the record. */
interface ProfileTierLevel {
  readonly space: number;
  readonly isHighTier: boolean;
  readonly profile: number;
  readonly compatibility: number;
  readonly constraints: Uint8Array;
  readonly level: number;
}

/**
 * Read an `hvcC`.
 *
 * @param record Kept in the configuration's box as a copy.
 * @throws {CodecError} It is cut off, has no SPS, or makes no sense.
 */
export function readHevcConfig(record: Uint8Array): VideoConfig {
  const reader = new ByteReader(record);
  // Version 0 is that of encoders older than the standard; the layout is the same.
  if (reader.readUint8() > 1) throw new CodecError("hvcC has an unknown version");
  const general = readProfileTierLevel(reader);
  reader.skip(SKIPPED_BYTES);
  const lengthBytes = readLengthBytes(reader.readUint8());
  const units = readUnits(reader);
  const sps = units.find(({ type }) => type === SPS)?.unit;
  if (sps === undefined) throw new CodecError("hvcC has no SPS");
  const facts = readHevcSps(sps);
  const sets = PARAMETER_SETS.flatMap((set) => units.filter(({ type }) => type === set));
  return {
    kind: "video",
    codec: "HEVC",
    codecString: `hvc1.${codecParameters(general)}`,
    sampleEntry: "hvc1",
    configurationBox: box("hvcC", record),
    timeScale: VIDEO_TIME_SCALE,
    profile: PROFILES[general.profile] ?? "",
    level: general.level === 0 ? "" : String(Math.round(general.level * 10 / LEVEL_UNIT) / 10),
    ...pictureSize(facts.width, facts.height),
    frameRate: facts.frameRate,
    nalUnits: { lengthBytes, parameterSets: sets.map(({ unit }) => unit) },
  };
}

function readProfileTierLevel(reader: ByteReader): ProfileTierLevel {
  const first = reader.readUint8();
  const compatibility = reader.readUint16() * 0x1_0000 + reader.readUint16();
  const constraints = reader.readBytes(6);
  return {
    space: first >> 6,
    isHighTier: (first & 0b10_0000) !== 0,
    profile: first & 0b1_1111,
    compatibility,
    constraints,
    level: reader.readUint8(),
  };
}

function readUnits(reader: ByteReader): { readonly type: number; readonly unit: Uint8Array<ArrayBuffer> }[] {
  const units = [];
  for (let arrays = reader.readUint8(); arrays > 0; arrays--) {
    const type = reader.readUint8() & 0b11_1111;
    for (let count = reader.readUint16(); count > 0; count--) {
      units.push({ type, unit: reader.readBytes(reader.readUint16()).slice() });
    }
  }
  return units;
}

function codecParameters(general: ProfileTierLevel): string {
  const { space, isHighTier, profile, compatibility, constraints, level } = general;
  const last = constraints.findLastIndex((byte) => byte !== 0);
  return [
    `${PROFILE_SPACES[space] ?? ""}${profile}`,
    reverseBits(compatibility).toString(16).toUpperCase(),
    `${isHighTier ? "H" : "L"}${level}`,
    ...Array.from(constraints.subarray(0, last + 1), (byte) => hex(Uint8Array.of(byte)).toUpperCase()),
  ].join(".");
}

function reverseBits(value: number): number {
  let reversed = 0;
  for (let i = 0; i < 32; i++) reversed = reversed * 2 + (value >>> i & 1);
  return reversed;
}
