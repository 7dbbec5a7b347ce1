/**
 * Reads an FLV stream that arrives in pieces. FLV 10.1 §E.2 to §E.4.1. Pure.
 *
 * @module
 */
import { MediaKind, type MediaMessage } from "../../stream/media/mod.ts";

const FILE_HEADER_BYTES = 9;
/** PreviousTagSize, after the file header and each tag (§E.3). */
const TAG_SIZE_BYTES = 4;
/** Type, body size, timestamp and stream id before each body (§E.4.1). */
const TAG_HEADER_BYTES = 11;
/** Of the type's byte; the others say that the tag is filtered, which nobody does. */
const TYPE_BITS = 0b1_1111;
const SIGNATURE = [0x46, 0x4c, 0x56] as const;
/** A file header may announce more of itself than there is today. */
const MAX_HEADER_BYTES = 1024;

/** Bytes in, messages out. */
export class FlvReader {
  readonly #maxTagBytes: number;
  /** The begin of what has not come whole. */
  #kept: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #keptLength = 0;
  #hasHeader = false;

  /** @param maxTagBytes Longest body of a tag. */
  constructor(maxTagBytes: number) {
    this.#maxTagBytes = maxTagBytes;
  }

  /**
   * Take bytes.
   *
   * @param bytes Neither kept nor changed.
   * @returns The messages that are whole, each with a payload of its own.
   * @throws {Error} It is not FLV, or a tag is too long.
   */
  receive(bytes: Uint8Array): readonly MediaMessage[] {
    const messages: MediaMessage[] = [];
    let unread = this.#join(bytes);
    for (;;) {
      const taken = this.#hasHeader ? this.#takeTag(unread, messages) : this.#takeHeader(unread);
      if (taken === 0) break;
      unread = unread.subarray(taken);
    }
    this.#keep(unread);
    return messages;
  }

  #takeHeader(bytes: Uint8Array): number {
    if (bytes.length < FILE_HEADER_BYTES) {
      if (SIGNATURE.some((byte, at) => at < bytes.length && bytes[at] !== byte)) throw noFlv();
      return 0;
    }
    if (SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw noFlv();
    const length = viewOf(bytes).getUint32(5);
    if (length < FILE_HEADER_BYTES || length > MAX_HEADER_BYTES) throw noFlv();
    if (bytes.length < length + TAG_SIZE_BYTES) return 0;
    this.#hasHeader = true;
    return length + TAG_SIZE_BYTES;
  }

  #takeTag(bytes: Uint8Array, messages: MediaMessage[]): number {
    if (bytes.length < TAG_HEADER_BYTES) return 0;
    const view = viewOf(bytes);
    const length = view.getUint32(0) & 0xff_ffff;
    if (length > this.#maxTagBytes) {
      throw new Error(`A tag of ${length} bytes is longer than ${this.#maxTagBytes}`);
    }
    const end = TAG_HEADER_BYTES + length;
    if (bytes.length < end + TAG_SIZE_BYTES) return 0;
    const typeId = view.getUint8(0) & TYPE_BITS;
    if (typeId === MediaKind.Audio || typeId === MediaKind.Video || typeId === MediaKind.Data) {
      // The upper 8 of 32 bits come last (§E.4.1, TimestampExtended).
      const timestamp = (view.getUint32(4) >>> 8) + view.getUint8(7) * 0x100_0000;
      messages.push({ typeId, timestamp, payload: bytes.slice(TAG_HEADER_BYTES, end) });
    }
    return end + TAG_SIZE_BYTES;
  }

  /** What was kept, and the new bytes, as one. */
  #join(bytes: Uint8Array): Uint8Array {
    const kept = this.#keptLength;
    if (kept === 0) return bytes;
    const length = kept + bytes.length;
    if (this.#kept.length < length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#kept.length));
      grown.set(this.#kept.subarray(0, kept));
      this.#kept = grown;
    }
    this.#kept.set(bytes, kept);
    return this.#kept.subarray(0, length);
  }

  #keep(unread: Uint8Array): void {
    this.#keptLength = unread.length;
    if (unread.length === 0) {
      this.#kept = new Uint8Array(0);
    } else if (unread.buffer === this.#kept.buffer) {
      this.#kept.copyWithin(0, unread.byteOffset, unread.byteOffset + unread.length);
    } else {
      this.#kept = unread.slice();
    }
  }
}

function noFlv(): Error {
  return new Error("It sends something else than FLV");
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
