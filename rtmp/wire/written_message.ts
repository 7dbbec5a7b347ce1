/**
 * What `writeMessage` wrote, read again: the way back from a log to its messages. Pure.
 *
 * @module
 */
import { basicHeaderSize } from "./basic_header.ts";
import { EXTENDED_TIMESTAMP } from "./chunk_encoder.ts";

/** Bytes of a fmt 0 header after the basic header, without extended timestamp. */
const FULL_HEADER_BYTES = 11;
const EXTENDED_BYTES = 4;

/** A message, and where it was. */
export interface WrittenMessage {
  /** Message type id. */
  readonly typeId: number;
  /** Milliseconds, an unsigned 32-bit number. */
  readonly timestamp: number;
  /** A copy. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Behind its last byte. */
  readonly end: number;
}

/**
 * Read one message.
 *
 * @param view Has all of the message from `at` on.
 * @param chunkSize With which it was written.
 */
export function readWrittenMessage(view: DataView, at: number, chunkSize: number): WrittenMessage {
  const basicBytes = basicHeaderSize(view.getUint8(at));
  const headerAt = at + basicBytes;
  const field = view.getUint32(headerAt) >>> 8;
  const length = view.getUint32(headerAt + 3) >>> 8;
  const extendedBytes = field === EXTENDED_TIMESTAMP ? EXTENDED_BYTES : 0;
  let from = headerAt + FULL_HEADER_BYTES;
  const timestamp = extendedBytes === 0 ? field : view.getUint32(from);
  from += extendedBytes;
  const payload = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    if (filled > 0) from += basicBytes + extendedBytes;
    const taken = Math.min(chunkSize, length - filled);
    payload.set(new Uint8Array(view.buffer, view.byteOffset + from, taken), filled);
    filled += taken;
    from += taken;
  }
  return { typeId: view.getUint8(headerAt + 6), timestamp, payload, end: from };
}
