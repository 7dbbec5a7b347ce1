/**
 * A place in a body of AMF, and what both versions of AMF read there. Pure.
 *
 * @module
 */
import type { Amf0Text } from "./amf0_value.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LATIN1 = new TextDecoder("latin1");

/** Where the bytes of a number are put together: a view on each body would cost more than all that is read by it. */
const NUMBER = new DataView(new ArrayBuffer(8));

/** Up to this many ASCII bytes, decoding one at a time is cheaper than a call to `TextDecoder`. */
const SHORT_TEXT_BYTES = 24;

/** Reads forward and throws where a body ends too early. */
export class AmfCursor {
  readonly #bytes: Uint8Array;
  readonly #text: Amf0Text;
  readonly #maxStringBytes: number;
  #at = 0;

  /**
   * A cursor at the start of a body.
   *
   * @param bytes Kept as long as the cursor, not changed.
   * @param text How strings that are no UTF-8 are read.
   * @param maxStringBytes Longest string.
   */
  constructor(bytes: Uint8Array, text: Amf0Text, maxStringBytes: number) {
    this.#maxStringBytes = maxStringBytes;
    this.#bytes = bytes;
    this.#text = text;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The next byte, which stays the next; `undefined` at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** An unsigned byte; `what` is for the error. */
  uint8(what: string): number {
    return this.#byteAt(this.skip(1, what));
  }

  /** Two bytes, unsigned. */
  uint16(what: string): number {
    const at = this.skip(2, what);
    return this.#byteAt(at) << 8 | this.#byteAt(at + 1);
  }

  /** Two bytes, signed. */
  int16(what: string): number {
    return this.uint16(what) << 16 >> 16;
  }

  /** Four bytes, unsigned. */
  uint32(what: string): number {
    const at = this.skip(4, what);
    const bytes = this.#byteAt(at) << 24 | this.#byteAt(at + 1) << 16 | this.#byteAt(at + 2) << 8;
    return (bytes | this.#byteAt(at + 3)) >>> 0;
  }

  /** Eight bytes. */
  double(what: string): number {
    const at = this.skip(8, what);
    for (let i = 0; i < 8; i++) NUMBER.setUint8(i, this.#byteAt(at + i));
    return NUMBER.getFloat64(0);
  }

  /**
   * A text of `length` bytes.
   *
   * @throws {ProtocolError} `Amf0`, or `Limit` when it is too long.
   */
  text(length: number): string {
    if (length > this.#maxStringBytes && length <= this.left) {
      throw new ProtocolError(
        ProtocolErrorCode.Limit,
        `Cannot decode AMF: a string of ${length} bytes is longer than ${this.#maxStringBytes}`,
        { limit: "max_amf_string" },
      );
    }
    const start = this.skip(length, "string");
    const end = start + length;
    if (length <= SHORT_TEXT_BYTES) {
      let text = "";
      let at = start;
      for (; at < end; at++) {
        const code = this.#byteAt(at);
        if (code > 0x7f) break;
        text += String.fromCharCode(code);
      }
      if (at === end) return text;
    }
    const bytes = this.#bytes.subarray(start, end);
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      if (this.#text === "latin1") return LATIN1.decode(bytes);
      throw this.refuse(`a string of ${length} bytes is not UTF-8`, { cause });
    }
  }

  /** Step over `size` bytes; where they start. */
  skip(size: number, what: string): number {
    const at = this.#at;
    if (size > this.left) throw this.refuse(`${what} needs ${size} bytes and ${this.left} are left`);
    this.#at = at + size;
    return at;
  }

  /** A byte that `skip` has stepped over. */
  #byteAt(at: number): number {
    return this.#bytes[at] ?? 0;
  }

  /** The error for the value at this position. */
  refuse(detail: string, options?: ErrorOptions): ProtocolError {
    return new ProtocolError(
      ProtocolErrorCode.Amf0,
      `Cannot decode AMF at byte ${this.#at} of ${this.#bytes.length}: ${detail}`,
      options,
    );
  }
}
