/**
 * Bits of codec headers as the specifications list them, for tests that write one field after another.
 *
 * @module
 */

/** Collects bits, most significant first. */
export class BitWriter {
  #bits = "";

  /** `u(count)`. */
  u(count: number, value: number): this {
    this.#bits += value.toString(2).padStart(count, "0");
    return this;
  }

  /** `ue(v)` of H.264 and HEVC. */
  ue(...values: readonly number[]): this {
    for (const value of values) {
      const code = (value + 1).toString(2);
      this.#bits += code.padStart(2 * code.length - 1, "0");
    }
    return this;
  }

  /** `se(v)` of H.264 and HEVC. */
  se(...values: readonly number[]): this {
    return this.ue(...values.map((value) => value > 0 ? 2 * value - 1 : -2 * value));
  }

  /** The bits, a stop bit and zeros up to the next byte. */
  bytes(): Uint8Array<ArrayBuffer> {
    const bits = `${this.#bits}1`;
    const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
    return Uint8Array.from(padded.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  }
}
