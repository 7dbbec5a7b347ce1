/**
 * Big-endian numbers and pieces of a configuration record. Pure.
 *
 * @module
 */
import { CodecError } from "./codec_error.ts";

/** Reads bytes; every read past the end throws. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  /** A reader at the first byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.#bytes.length - this.#position;
  }

  /** One byte. */
  readUint8(): number {
    return this.readBytes(1)[0] ?? 0;
  }

  /** Two bytes. */
  readUint16(): number {
    return this.readUint8() << 8 | this.readUint8();
  }

  /** Pass over bytes. */
  skip(count: number): void {
    this.readBytes(count);
  }

  /**
   * A view of the next bytes.
   *
   * @throws {CodecError} Fewer are left.
   */
  readBytes(count: number): Uint8Array {
    if (count > this.left) throw new CodecError("the configuration is cut off");
    this.#position += count;
    return this.#bytes.subarray(this.#position - count, this.#position);
  }
}
