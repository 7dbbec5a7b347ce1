/**
 * What the configurations of video tracks have in common.
 *
 * @module
 */
import { CodecError } from "./codec_error.ts";

/** FLV counts milliseconds, and so do the video tracks made from it. */
export const VIDEO_TIME_SCALE = 1000;

/**
 * Bytes of the length before a NAL unit, from the byte whose two lowest bits are it minus one.
 *
 * @throws {CodecError} 3, which is reserved.
 */
export function readLengthBytes(byte: number): 1 | 2 | 4 {
  const length = (byte & 0b11) + 1;
  if (length === 3) throw new CodecError("lengths of NAL units have 3 bytes");
  return length === 1 ? 1 : length === 2 ? 2 : 4;
}
