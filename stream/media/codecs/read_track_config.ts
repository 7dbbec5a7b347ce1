/**
 * The configuration of a track from a packet: its sequence header, or its first frame where the codec has none. Pure.
 *
 * @module
 */
import type { MediaPacket } from "../samples/media_packet.ts";
import { readAacConfig } from "./aac_config.ts";
import { readAc3Config } from "./ac3_config.ts";
import { readAv1Config } from "./av1_config.ts";
import { CodecError } from "./codec_error.ts";
import { readFlacConfig } from "./flac_config.ts";
import { readH264Config } from "./h264_config.ts";
import { readHevcConfig } from "./hevc_config.ts";
import { readMp3Config } from "./mp3_config.ts";
import { readOpusConfig } from "./opus_config.ts";
import type { PictureFacts, TrackConfig } from "./track_config.ts";
import { readVp9Config } from "./vp9_config.ts";

/** What a packet says about its track. */
export type ConfigResult =
  /** Nothing: a frame of a codec that has sequence headers. */
  | { readonly kind: "none" }
  | { readonly kind: "config"; readonly config: TrackConfig }
  /** The track cannot be muxed; `reason` is for a log line. */
  | { readonly kind: "refused"; readonly reason: string };

type Reader = (data: Uint8Array<ArrayBuffer>, facts: PictureFacts) => TrackConfig;

/** By codec name: those with a sequence header. */
const BY_HEADER: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["H264", readH264Config],
  ["HEVC", readHevcConfig],
  ["AV1", readAv1Config],
  ["VP9", readVp9Config],
  ["AAC", readAacConfig],
  ["Opus", readOpusConfig],
  ["FLAC", readFlacConfig],
]);

/** By codec name: those whose frames say all. */
const BY_FRAME: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["MP3", readMp3Config],
  ["AC-3", readAc3Config],
]);

/** A configuration that is longer is none, bytes. */
const MAX_CONFIGURATION_BYTES = 65_536;
const NONE: ConfigResult = { kind: "none" };

/**
 * Read the configuration of the packet's track. Any bytes are fine: nothing is thrown for them.
 *
 * @param facts Used where the bitstream does not say it.
 */
export function readTrackConfig({ kind, codec, data }: MediaPacket, facts: PictureFacts = {}): ConfigResult {
  const byFrame = BY_FRAME.get(codec);
  const read = byFrame ?? BY_HEADER.get(codec);
  if (read === undefined) return { kind: "refused", reason: `Cannot mux ${codec}: it is not supported` };
  if ((kind === "configuration") !== (byFrame === undefined)) return NONE;
  if (byFrame === undefined && data.length > MAX_CONFIGURATION_BYTES) {
    return { kind: "refused", reason: `Cannot mux ${codec}: its configuration has ${data.length} bytes` };
  }
  try {
    return { kind: "config", config: read(data, facts) };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return { kind: "refused", reason: `Cannot mux ${codec}: ${error.message}` };
  }
}
