/**
 * Sequence parameter set of H.264: size after cropping, profile, level, frame rate. ITU-T H.264 §7.3.2.1.1 and §E.1.1. Pure.
 *
 * @module
 */
import { BitReader, withoutEmulationPrevention } from "./bit_reader.ts";
import { CodecError } from "./codec_error.ts";

/** What an SPS says. */
export interface SpsFacts {
  /** Pixels after cropping. */
  readonly width: number;
  /** Pixels after cropping. */
  readonly height: number;
  /** Frames a second, where the SPS has timing. */
  readonly frameRate: number | undefined;
}

/** Profiles whose SPS has the format of the samples. */
const HIGH_PROFILES: ReadonlySet<number> = new Set([
  ...[100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135],
]);
const EXTENDED_SAR = 255;
const MACROBLOCK = 16;
const MAX_POC_CYCLE = 255;

/**
 * Read an SPS.
 *
 * @param unit The NAL unit with its header byte.
 * @throws {CodecError} It is cut off or makes no sense.
 */
export function readH264Sps(unit: Uint8Array): SpsFacts {
  const bits = new BitReader(withoutEmulationPrevention(unit));
  bits.skip(8);
  const profile = bits.read(8);
  bits.skip(16);
  bits.readUnsigned();
  const chroma = HIGH_PROFILES.has(profile) ? readSampleFormat(bits) : { format: 1, separate: false };
  bits.readUnsigned();
  skipPictureOrder(bits);
  bits.readUnsigned();
  bits.skip(1);
  const widthMbs = bits.readUnsigned() + 1;
  const heightUnits = bits.readUnsigned() + 1;
  const framesOnly = bits.readFlag();
  if (!framesOnly) bits.skip(1);
  bits.skip(1);
  const fieldFactor = framesOnly ? 1 : 2;
  const crop = readCrop(bits);
  const isSubsampled = !chroma.separate && chroma.format !== 0;
  const unitX = isSubsampled && chroma.format !== 3 ? 2 : 1;
  const unitY = (isSubsampled && chroma.format === 1 ? 2 : 1) * fieldFactor;
  return {
    width: widthMbs * MACROBLOCK - crop.horizontal * unitX,
    height: heightUnits * MACROBLOCK * fieldFactor - crop.vertical * unitY,
    frameRate: bits.readFlag() ? readFrameRate(bits) : undefined,
  };
}

function readSampleFormat(bits: BitReader): { readonly format: number; readonly separate: boolean } {
  const format = bits.readUnsigned();
  if (format > 3) throw new CodecError(`chroma format ${format} of the SPS is unknown`);
  const separate = format === 3 && bits.readFlag();
  bits.readUnsigned();
  bits.readUnsigned();
  bits.skip(1);
  if (bits.readFlag()) {
    const lists = format === 3 ? 12 : 8;
    for (let i = 0; i < lists; i++) if (bits.readFlag()) skipScalingList(bits, i < 6 ? 16 : 64);
  }
  return { format, separate };
}

function skipScalingList(bits: BitReader, size: number): void {
  let last = 8;
  let next = 8;
  for (let i = 0; i < size; i++) {
    if (next !== 0) next = (last + bits.readSigned() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function skipPictureOrder(bits: BitReader): void {
  const type = bits.readUnsigned();
  if (type === 0) bits.readUnsigned();
  if (type !== 1) return;
  bits.skip(1);
  bits.readSigned();
  bits.readSigned();
  const cycle = bits.readUnsigned();
  if (cycle > MAX_POC_CYCLE) throw new CodecError(`a picture order cycle of ${cycle} frames is too long`);
  for (let i = 0; i < cycle; i++) bits.readSigned();
}

function readCrop(bits: BitReader): { readonly horizontal: number; readonly vertical: number } {
  if (!bits.readFlag()) return { horizontal: 0, vertical: 0 };
  const [left, right] = [bits.readUnsigned(), bits.readUnsigned()];
  const [top, bottom] = [bits.readUnsigned(), bits.readUnsigned()];
  return { horizontal: left + right, vertical: top + bottom };
}

/** VUI up to its timing; a tick is a field. */
function readFrameRate(bits: BitReader): number | undefined {
  skipVideoSignal(bits);
  if (!bits.readFlag()) return undefined;
  const ticks = bits.read(32);
  const scale = bits.read(32);
  return ticks > 0 && scale > 0 ? scale / (2 * ticks) : undefined;
}

/** The start of the VUI, which H.264 and HEVC have in common: aspect ratio, overscan, signal type, chroma location. */
export function skipVideoSignal(bits: BitReader): void {
  if (bits.readFlag() && bits.read(8) === EXTENDED_SAR) bits.skip(32);
  if (bits.readFlag()) bits.skip(1);
  if (bits.readFlag()) {
    bits.skip(4);
    if (bits.readFlag()) bits.skip(24);
  }
  if (bits.readFlag()) {
    bits.readUnsigned();
    bits.readUnsigned();
  }
}
