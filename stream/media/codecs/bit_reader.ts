/**
 * Bits of a codec's header, most significant first, with the Exp-Golomb codes of H.264 and HEVC (ITU-T H.264 §9.1). Pure.
 *
 * @module
 */
import { CodecError } from "./codec_error.ts";

/** Exp-Golomb codes of 32 bits and more are in no header. */
const MAX_LEADING_ZEROS = 31;
const EMULATION_PREVENTION = 3;

/** Reads bits; every read past the end throws. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  /** A reader at the first bit of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits not yet read. */
  get left(): number {
    return this.#bytes.length * 8 - this.#position;
  }

  /**
   * An unsigned number.
   *
   * @param count Bits, 0 to 32.
   * @throws {CodecError} Fewer bits are left.
   */
  read(count: number): number {
    if (count > this.left) throw new CodecError("the header is cut off");
    let value = 0;
    for (let left = count; left > 0;) {
      const offset = this.#position & 7;
      const taken = Math.min(8 - offset, left);
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 ** taken + (byte >> (8 - offset - taken) & (1 << taken) - 1);
      this.#position += taken;
      left -= taken;
    }
    return value;
  }

  /** One bit. */
  readFlag(): boolean {
    return this.read(1) === 1;
  }

  /** Pass over bits. */
  skip(count: number): void {
    if (count > this.left) throw new CodecError("the header is cut off");
    this.#position += count;
  }

  /** `ue(v)`. */
  readUnsigned(): number {
    let zeros = 0;
    while (!this.readFlag()) {
      if (++zeros > MAX_LEADING_ZEROS) throw new CodecError("a number of the header is too large");
    }
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** `se(v)`. */
  readSigned(): number {
    const code = this.readUnsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** A NAL unit without the bytes that keep start codes out of it (ITU-T H.264 §7.3.1). */
export function withoutEmulationPrevention(unit: Uint8Array): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(unit.length);
  let length = 0;
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === EMULATION_PREVENTION) {
      zeros = 0;
      continue;
    }
    raw[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return raw.subarray(0, length);
}
