/**
 * What a muxer, a playlist and the API need to know of one track, read from its sequence header or first frame. Pure.
 *
 * @module
 */

import type { MetadataFacts } from "../data_message.ts";

/** Size that `onMetaData` says, for codecs whose configuration lacks it. */
export type PictureFacts = Pick<MetadataFacts, "width" | "height">;

/** Video codecs that can be put into fragmented MP4, by the names of `codec_names.ts`. */
export type VideoCodec = "H264" | "HEVC" | "AV1" | "VP9";

/** Audio codecs that can be put into fragmented MP4. */
export type AudioCodec = "AAC" | "MP3" | "Opus" | "FLAC" | "AC-3";

/** What tracks of both kinds have. */
export interface TrackConfigBase {
  /** RFC 6381, as the CODECS attribute of a playlist has it: `avc1.64001f`, `mp4a.40.2`. */
  readonly codecString: string;
  /** Type of the sample entry: `avc1`, `mp4a`. */
  readonly sampleEntry: string;
  /** The box inside the sample entry, with its header: `avcC`, `esds`. Never written again. */
  readonly configurationBox: Uint8Array<ArrayBuffer>;
  /** Units of {@link Sample.time} a second. */
  readonly timeScale: number;
  /** As SRS names it: `High`, `LC`; `""` where the codec has none or an unknown one. */
  readonly profile: string;
}

/** Configuration of a video track. */
export interface VideoConfig extends TrackConfigBase {
  /** Which configuration this is. */
  readonly kind: "video";
  /** Its name in logs and the API. */
  readonly codec: VideoCodec;
  /** Pixels after cropping, 1 to 65535. */
  readonly width: number;
  /** Pixels after cropping, 1 to 65535. */
  readonly height: number;
  /** Frames a second, where the bitstream says so. */
  readonly frameRate: number | undefined;
  /** `3.1`; `""` where unknown. */
  readonly level: string;
  /** Of H.264 and HEVC, whose frames consist of NAL units with a length before each. */
  readonly nalUnits: NalUnitConfig | undefined;
}

/** How the NAL units of a track are stored. */
export interface NalUnitConfig {
  /** Bytes of the length before each. */
  readonly lengthBytes: 1 | 2 | 4;
  /** VPS (HEVC), SPS and PPS in the order in which a decoder wants them, without start codes. */
  readonly parameterSets: readonly Uint8Array<ArrayBuffer>[];
}

/** Configuration of an audio track. */
export interface AudioConfig extends TrackConfigBase {
  /** Which configuration this is. */
  readonly kind: "audio";
  /** Its name in logs and the API. */
  readonly codec: AudioCodec;
  /** Hz, of the decoded sound where it is known. */
  readonly sampleRate: number;
  /** 1 to 255. */
  readonly channels: number;
  /** Bits of a decoded sample, as the sample entry says them: 16 for all lossy codecs. */
  readonly sampleBits: number;
  /** Duration of each frame in units of the time scale; `undefined` where each frame says its own (Opus, FLAC). */
  readonly frameSamples: number | undefined;
  /** What a decoder needs: AudioSpecificConfig, OpusHead, STREAMINFO; empty for codecs without one. */
  readonly configuration: Uint8Array<ArrayBuffer>;
}

/** Configuration of a track. */
export type TrackConfig = VideoConfig | AudioConfig;

/**
 * Whether a decoder can go on from `a` with frames of `b`: nothing that an init segment has is different.
 */
export function isSameConfig(a: TrackConfig | undefined, b: TrackConfig | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.sampleEntry !== b.sampleEntry) return false;
  if (a.timeScale !== b.timeScale || !hasSameShape(a, b)) return false;
  const [left, right] = [a.configurationBox, b.configurationBox];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

function hasSameShape(a: TrackConfig, b: TrackConfig): boolean {
  if (a.kind === "video") return b.kind === "video" && a.width === b.width && a.height === b.height;
  return b.kind === "audio" && a.channels === b.channels;
}
