/**
 * Finds the frames in what a client sends, behind its preface. RFC 9113 §3.4 and §4.1. Pure.
 *
 * @module
 */
import { type Frame, FRAME_HEADER_BYTES, MAX_FRAME_BYTES, PREFACE } from "./frame.ts";
import { H2Error, H2ErrorCode } from "./h2_error.ts";

/** Enough for the frames of most requests. */
const FIRST_BYTES = 1024;
/** A larger frame is refused by its header alone. */
const MAX_BYTES = FRAME_HEADER_BYTES + MAX_FRAME_BYTES;

/** Collects one frame at a time, in the memory that a socket is read into. */
export class FrameReader {
  #buffer = new Uint8Array(FIRST_BYTES);
  /** What was not taken begins here. */
  #start = 0;
  #end = 0;
  #hasPreface = false;

  /** Memory for what arrives next, at least one byte; frames that were taken are no longer valid. */
  room(): Uint8Array<ArrayBuffer> {
    const pending = this.#buffer.subarray(this.#start, this.#end);
    if (this.#start > 0) {
      const size = pending.length === 0 ? FIRST_BYTES : this.#buffer.length;
      const buffer = size === this.#buffer.length ? this.#buffer : new Uint8Array(size);
      if (buffer === this.#buffer) buffer.copyWithin(0, this.#start, this.#end);
      this.#buffer = buffer;
    } else if (this.#end === this.#buffer.length) {
      this.#buffer = new Uint8Array(Math.min(MAX_BYTES, 4 * this.#buffer.length));
      this.#buffer.set(pending);
    }
    this.#start = 0;
    this.#end = pending.length;
    return this.#buffer.subarray(this.#end);
  }

  /** So many bytes have arrived in {@link FrameReader.room}. */
  arrived(length: number): void {
    this.#end += length;
  }

  /**
   * The next frame, whole; `undefined` while its end has not arrived.
   *
   * @throws {H2Error} It does not begin as HTTP/2 does, or a frame is too large.
   */
  take(): Frame | undefined {
    if (!this.#hasPreface && !this.#takePreface()) return undefined;
    const buffer = this.#buffer;
    const at = this.#start;
    if (this.#end - at < FRAME_HEADER_BYTES) return undefined;
    const view = new DataView(buffer.buffer, at, FRAME_HEADER_BYTES);
    const length = view.getUint32(0) >>> 8;
    if (length > MAX_FRAME_BYTES) {
      throw new H2Error(
        H2ErrorCode.FrameSizeError,
        `A frame has ${length} bytes, more than ${MAX_FRAME_BYTES}`,
      );
    }
    const from = at + FRAME_HEADER_BYTES;
    if (this.#end < from + length) return undefined;
    this.#start = from + length;
    return {
      type: view.getUint8(3),
      flags: view.getUint8(4),
      // The highest bit means nothing (§4.1).
      streamId: view.getUint32(5) & 0x7fff_ffff,
      payload: buffer.subarray(from, from + length),
    };
  }

  #takePreface(): boolean {
    const length = Math.min(PREFACE.length, this.#end);
    for (let i = 0; i < length; i++) {
      if (this.#buffer[i] !== PREFACE[i]) {
        throw new H2Error(H2ErrorCode.ProtocolError, "The connection does not begin as HTTP/2 does");
      }
    }
    if (length < PREFACE.length) return false;
    this.#start = length;
    this.#hasPreface = true;
    return true;
  }
}
