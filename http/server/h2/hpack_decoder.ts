/**
 * Decodes header blocks. RFC 7541 §3, §5 and §6. Pure.
 *
 * @module
 */
import { H2Error, H2ErrorCode } from "./h2_error.ts";
import { type Field, fieldBytes, HpackTable } from "./hpack_table.ts";
import { decodeHuffman } from "./huffman.ts";

/** The size of the table that a peer may use: what it is without a setting. */
const TABLE_BYTES = 4096;
/** Larger ones mean nothing here. */
const MAX_INTEGER = 0xff_ffff;

/** Decodes the blocks of one peer, in their order. */
export class HpackDecoder {
  readonly #table = new HpackTable(TABLE_BYTES);
  #block = new Uint8Array(0);
  #at = 0;

  /**
   * Decode a whole block.
   *
   * @param maxBytes Largest list, as {@link fieldBytes} counts.
   * @returns The headers in their order; `undefined` where the list is larger.
   * @throws {H2Error} It is not one: no further block of the peer can be decoded.
   */
  decode(block: Uint8Array<ArrayBuffer>, maxBytes: number): readonly Field[] | undefined {
    this.#block = block;
    this.#at = 0;
    const fields: Field[] = [];
    let bytes = 0;
    while (this.#at < block.length) {
      const field = this.#next(fields.length === 0);
      if (field === undefined) continue;
      bytes += fieldBytes(field);
      // The table has to follow the rest of the block all the same.
      if (bytes <= maxBytes) fields.push(field);
    }
    return bytes <= maxBytes ? fields : undefined;
  }

  /** The next header; `undefined` for an instruction. */
  #next(isFirst: boolean): Field | undefined {
    const first = this.#block[this.#at] ?? 0;
    if (first >= 0b1000_0000) return this.#entry(this.#integer(7));
    if (first >= 0b0100_0000) {
      const field = this.#literal(6);
      this.#table.add(field);
      return field;
    }
    // Without indexing, or never indexed, which matters to those who forward.
    if (first < 0b0010_0000) return this.#literal(4);
    const size = this.#integer(5);
    if (!isFirst || size > TABLE_BYTES) {
      throw invalid("The size of the header table is not one that it may have");
    }
    this.#table.resize(size);
    return undefined;
  }

  #literal(prefixBits: number): Field {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#entry(index)[0];
    return [name, this.#string()];
  }

  #entry(index: number): Field {
    const field = index === 0 ? undefined : this.#table.at(index);
    if (field === undefined) throw invalid(`There is no header ${index} in the table`);
    return field;
  }

  #string(): string {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw invalid("A string is longer than its block");
    const bytes = this.#block.subarray(this.#at, end);
    this.#at = end;
    return isHuffman ? decodeHuffman(bytes) : String.fromCharCode(...bytes);
  }

  /** §5.1. */
  #integer(prefixBits: number): number {
    const most = 2 ** prefixBits - 1;
    let value = this.#byte() & most;
    if (value < most) return value;
    for (let factor = 1;; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (value > MAX_INTEGER || factor > MAX_INTEGER) throw invalid("An integer is too large");
      if (byte < 0x80) return value;
    }
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw invalid("A header block ends within a header");
    return byte;
  }
}

function invalid(reason: string): H2Error {
  return new H2Error(H2ErrorCode.CompressionError, reason);
}
