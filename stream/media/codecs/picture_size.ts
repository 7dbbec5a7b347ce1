/**
 * Bounds of a picture's size.
 *
 * @module
 */
import { CodecError } from "./codec_error.ts";

/** MP4 has 16 bits for each. */
const MAX_PIXELS = 65_535;

/**
 * Width and height that a player can use.
 *
 * @throws {CodecError} One is not between 1 and 65535, or not a whole number.
 */
export function pictureSize(
  width: number | undefined,
  height: number | undefined,
): { readonly width: number; readonly height: number } {
  if (!isPixels(width) || !isPixels(height)) {
    throw new CodecError(`the size of the picture is ${width ?? "unknown"} x ${height ?? "unknown"}`);
  }
  return { width, height };
}

function isPixels(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= MAX_PIXELS;
}
