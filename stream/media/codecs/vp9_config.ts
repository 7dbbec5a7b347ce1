/**
 * VP9: VPCodecConfigurationRecord. VP Codec ISO Media File Format Binding, "VP Codec Configuration Box" and "Codecs
 * Parameter String". It has no size, so `onMetaData` has to say it. Pure.
 *
 * @module
 */
import { box } from "../mp4/box.ts";
import { CodecError } from "./codec_error.ts";
import { pictureSize } from "./picture_size.ts";
import type { PictureFacts, VideoConfig } from "./track_config.ts";
import { VIDEO_TIME_SCALE } from "./video_tracks.ts";

/** Version 1 and no flags: publishers send the record with and without them. */
const VERSION_AND_FLAGS = [1, 0, 0, 0];
const RECORD_BYTES = 8;
/** What a decoder is asked for where the encoder does not say its level. */
const DEFAULT_LEVEL = 31;

/**
 * Read a `vpcC`.
 *
 * @throws {CodecError} It is cut off, or the metadata has no size.
 */
export function readVp9Config(data: Uint8Array, facts: PictureFacts): VideoConfig {
  const isFullBox = data.length >= RECORD_BYTES + VERSION_AND_FLAGS.length;
  const record = isFullBox ? data.subarray(VERSION_AND_FLAGS.length) : data;
  if (record.length < RECORD_BYTES) throw new CodecError("the configuration is cut off");
  const [profile = 0, level = 0, format = 0] = record;
  const depth = format >> 4;
  const levelOrDefault = level === 0 ? DEFAULT_LEVEL : level;
  return {
    kind: "video",
    codec: "VP9",
    codecString: `vp09.${[profile, levelOrDefault, depth].map(twoDigits).join(".")}`,
    sampleEntry: "vp09",
    configurationBox: box("vpcC", VERSION_AND_FLAGS, record),
    timeScale: VIDEO_TIME_SCALE,
    profile: `Profile ${profile}`,
    level: level === 0 ? "" : String(level / 10),
    ...pictureSize(facts.width, facts.height),
    frameRate: undefined,
    nalUnits: undefined,
  };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
