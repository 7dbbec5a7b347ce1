/**
 * Sequence parameter set of HEVC: size after cropping and frame rate. ITU-T H.265 §7.3.2.2 and §E.2.1. Pure.
 *
 * @module
 */
import { BitReader, withoutEmulationPrevention } from "./bit_reader.ts";
import { CodecError } from "./codec_error.ts";
import { skipVideoSignal, type SpsFacts } from "./h264_sps.ts";

const NAL_HEADER_BITS = 16;
/** general_profile_space to general_reserved_zero_bit. */
const PROFILE_BITS = 88;
const LEVEL_BITS = 8;
const MAX_SUB_LAYERS = 8;
const MAX_REFERENCE_SETS = 64;
const MAX_LONG_TERM = 32;
const MAX_DELTA_POCS = 32;

/**
 * Read an SPS.
 *
 * @param unit The NAL unit with its header.
 * @throws {CodecError} It is cut off before its size. Timing that cannot be read is not known.
 */
export function readHevcSps(unit: Uint8Array): SpsFacts {
  const bits = new BitReader(withoutEmulationPrevention(unit));
  bits.skip(NAL_HEADER_BITS + 4);
  const subLayers = bits.read(3);
  bits.skip(1);
  skipProfileTierLevel(bits, subLayers);
  bits.readUnsigned();
  const chromaFormat = bits.readUnsigned();
  if (chromaFormat > 3) throw new CodecError(`chroma format ${chromaFormat} of the SPS is unknown`);
  const isSeparate = chromaFormat === 3 && bits.readFlag();
  const [width, height] = [bits.readUnsigned(), bits.readUnsigned()];
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = chromaFormat === 1 && !isSeparate ? 2 : 1;
  const crop = bits.readFlag() ? [0, 0, 0, 0].map(() => bits.readUnsigned()) : [];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  return {
    width: width - (left + right) * unitX,
    height: height - (top + bottom) * unitY,
    frameRate: readTiming(bits, subLayers),
  };
}

function readTiming(bits: BitReader, subLayers: number): number | undefined {
  try {
    skipCoding(bits, subLayers);
    return bits.readFlag() ? readFrameRate(bits) : undefined;
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function skipProfileTierLevel(bits: BitReader, subLayers: number): void {
  bits.skip(PROFILE_BITS + LEVEL_BITS);
  if (subLayers === 0) return;
  const present = Array.from(
    { length: subLayers },
    () => ({ profile: bits.readFlag(), level: bits.readFlag() }),
  );
  bits.skip(2 * (MAX_SUB_LAYERS - subLayers));
  for (const { profile, level } of present) {
    bits.skip((profile ? PROFILE_BITS : 0) + (level ? LEVEL_BITS : 0));
  }
}

/** From bit_depth_luma_minus8 to strong_intra_smoothing_enabled_flag. */
function skipCoding(bits: BitReader, subLayers: number): void {
  bits.readUnsigned();
  bits.readUnsigned();
  const pocBits = bits.readUnsigned() + 4;
  if (pocBits > 16) throw new CodecError(`a picture order of ${pocBits} bits is too long`);
  const orderings = bits.readFlag() ? subLayers + 1 : 1;
  skipNumbers(bits, 3 * orderings);
  skipNumbers(bits, 6);
  if (bits.readFlag() && bits.readFlag()) skipScalingLists(bits);
  bits.skip(2);
  if (bits.readFlag()) {
    bits.skip(8);
    skipNumbers(bits, 2);
    bits.skip(1);
  }
  skipReferenceSets(bits);
  if (bits.readFlag()) {
    const count = bits.readUnsigned();
    if (count > MAX_LONG_TERM) throw new CodecError(`${count} long-term references are too many`);
    bits.skip(count * (pocBits + 1));
  }
  bits.skip(2);
}

function skipNumbers(bits: BitReader, count: number): void {
  for (let i = 0; i < count; i++) bits.readUnsigned();
}

/** scaling_list_data (§7.3.4). */
function skipScalingLists(bits: BitReader): void {
  for (let size = 0; size < 4; size++) {
    const coefficients = Math.min(64, 1 << 4 + 2 * size);
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      // A list that is predicted has the distance to its reference alone.
      const count = bits.readFlag() ? coefficients + (size > 1 ? 1 : 0) : 1;
      skipNumbers(bits, count);
    }
  }
}

/** st_ref_pic_set (§7.3.7) of each set. */
function skipReferenceSets(bits: BitReader): void {
  const count = bits.readUnsigned();
  if (count > MAX_REFERENCE_SETS) throw new CodecError(`${count} sets of references are too many`);
  let pictures = 0;
  for (let i = 0; i < count; i++) {
    const isPredicted = i > 0 && bits.readFlag();
    pictures = isPredicted ? skipPredictedSet(bits, pictures) : skipSet(bits);
    if (pictures > MAX_DELTA_POCS) throw new CodecError(`a set of ${pictures} references is too large`);
  }
}

/** Returns how many pictures the set has; `pictures` is that of the set before. */
function skipPredictedSet(bits: BitReader, pictures: number): number {
  bits.skip(1);
  bits.readUnsigned();
  let count = 0;
  for (let i = 0; i <= pictures; i++) {
    const isUsed = bits.readFlag();
    if (isUsed || bits.readFlag()) count++;
  }
  return count;
}

function skipSet(bits: BitReader): number {
  const count = bits.readUnsigned() + bits.readUnsigned();
  if (count > MAX_DELTA_POCS) throw new CodecError(`a set of ${count} references is too large`);
  for (let i = 0; i < count; i++) {
    bits.readUnsigned();
    bits.skip(1);
  }
  return count;
}

/** VUI up to its timing; a tick is a picture. */
function readFrameRate(bits: BitReader): number | undefined {
  skipVideoSignal(bits);
  bits.skip(3);
  if (bits.readFlag()) skipNumbers(bits, 4);
  if (!bits.readFlag()) return undefined;
  const ticks = bits.read(32);
  const scale = bits.read(32);
  return ticks > 0 && scale > 0 ? scale / ticks : undefined;
}
