/**
 * Sequence header of AV1: size and frame rate. AV1 Bitstream & Decoding Process Specification §5.3 and §5.5. Pure.
 *
 * @module
 */
import { BitReader } from "./bit_reader.ts";
import { ByteReader } from "./byte_reader.ts";

const OBU_SEQUENCE_HEADER = 1;
const MAX_SIZE_BYTES = 8;
const FIRST_LEVEL_WITH_TIER = 8;

/** What a sequence header says. */
export interface Av1Facts {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames a second, where all pictures have the same interval. */
  readonly frameRate: number | undefined;
}

/**
 * Read the first sequence header of `obus`; `undefined` when there is none.
 *
 * @throws {CodecError} It is cut off.
 */
export function readAv1SequenceHeader(obus: Uint8Array): Av1Facts | undefined {
  const reader = new ByteReader(obus);
  while (reader.left > 0) {
    const header = reader.readUint8();
    if ((header & 0b100) !== 0) reader.skip(1);
    const size = (header & 0b10) === 0 ? reader.left : readLeb128(reader);
    const body = reader.readBytes(size);
    if ((header >> 3 & 0b1111) === OBU_SEQUENCE_HEADER) return readHeader(new BitReader(body));
  }
  return undefined;
}

function readLeb128(reader: ByteReader): number {
  let value = 0;
  for (let i = 0; i < MAX_SIZE_BYTES; i++) {
    const byte = reader.readUint8();
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) break;
  }
  return value;
}

function readHeader(bits: BitReader): Av1Facts {
  bits.skip(4);
  const isReduced = bits.readFlag();
  const frameRate = isReduced ? undefined : readTimingAndPoints(bits);
  if (isReduced) bits.skip(5);
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  return { width: bits.read(widthBits) + 1, height: bits.read(heightBits) + 1, frameRate };
}

/** timing_info, decoder_model_info and the operating points; returns frames a second. */
function readTimingAndPoints(bits: BitReader): number | undefined {
  let frameRate: number | undefined;
  let delayBits = 0;
  if (bits.readFlag()) {
    frameRate = readFrameRate(bits);
    if (bits.readFlag()) {
      delayBits = bits.read(5) + 1;
      bits.skip(42);
    }
  }
  const hasDisplayDelay = bits.readFlag();
  for (let points = bits.read(5) + 1; points > 0; points--) {
    bits.skip(12);
    if (bits.read(5) >= FIRST_LEVEL_WITH_TIER) bits.skip(1);
    if (delayBits > 0 && bits.readFlag()) bits.skip(2 * delayBits + 1);
    if (hasDisplayDelay && bits.readFlag()) bits.skip(4);
  }
  return frameRate;
}

function readFrameRate(bits: BitReader): number | undefined {
  const ticks = bits.read(32);
  const scale = bits.read(32);
  if (!bits.readFlag()) return undefined;
  const ticksAPicture = bits.readUnsigned() + 1;
  return ticks > 0 && scale > 0 ? scale / (ticks * ticksAPicture) : undefined;
}
