/**
 * Slices of one picture that a publisher sends in messages of their own. ITU-T H.264 §7.3.3 (first_mb_in_slice), ITU-T H.265
 * §7.3.6.1 (first_slice_segment_in_pic_flag). Pure.
 *
 * @module
 */
import type { VideoConfig } from "../codecs/track_config.ts";

/** What of a track tells how its pictures are cut. */
export type SlicedTrack = Pick<VideoConfig, "codec" | "nalUnits">;

/** Types of NAL units that are slices: 1 to 5 of H.264, 0 to 31 of HEVC. */
const H264_SLICES = { first: 1, last: 5 };
const LAST_HEVC_SLICE = 31;
const H264_HEADER_BYTES = 1;
const HEVC_HEADER_BYTES = 2;
const FIRST_BIT = 0x80;

/** Whether the first slice of `data` is not the first one of its picture: it belongs to the frame before. */
export function continuesPicture({ codec, nalUnits }: SlicedTrack, data: Uint8Array): boolean {
  if (nalUnits === undefined) return false;
  const isHevc = codec === "HEVC";
  const headerBytes = isHevc ? HEVC_HEADER_BYTES : H264_HEADER_BYTES;
  let at = 0;
  while (at + nalUnits.lengthBytes + headerBytes < data.length) {
    let length = 0;
    for (let i = 0; i < nalUnits.lengthBytes; i++) length = length * 0x100 + (data[at + i] ?? 0);
    const unit = at + nalUnits.lengthBytes;
    const header = data[unit] ?? 0;
    // Both fields are one bit for the first slice: ue(v) of 0, and a flag.
    if (isSlice(header, isHevc)) return ((data[unit + headerBytes] ?? 0) & FIRST_BIT) === 0;
    at = unit + length;
  }
  return false;
}

function isSlice(header: number, isHevc: boolean): boolean {
  if (isHevc) return (header >> 1 & 0b11_1111) <= LAST_HEVC_SLICE;
  const type = header & 0b1_1111;
  return type >= H264_SLICES.first && type <= H264_SLICES.last;
}
