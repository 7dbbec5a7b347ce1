/**
 * Chunk basic header: `fmt` and chunk stream id in 1 to 3 bytes. RTMP 1.0 §5.3.1.1. Pure.
 *
 * Plain numbers instead of a header object: this runs for each chunk.
 *
 * @module
 */

/** Wire offset of the 2- and 3-byte forms: they store `id - 64`. */
const ID_BASE = 64;
/** Largest id of the 2-byte form. */
const MAX_TWO_BYTE_ID = 319;
const LITTLE_ENDIAN = true;

/** The largest chunk stream id that can be written. */
export const MAX_CHUNK_STREAM_ID = 65_599;

/** The longest basic header, bytes. */
export const MAX_BASIC_HEADER_BYTES = 3;

/** Bytes of the basic header that begins with the byte `first`: 1 to 3. */
export function basicHeaderSize(first: number): number {
  const form = first & 0b0011_1111;
  return form > 1 ? 1 : form + 2;
}

/** Bytes of the basic header for a chunk stream: 1 to 3. */
export function basicHeaderSizeOf(chunkStreamId: number): number {
  if (chunkStreamId < ID_BASE) return 1;
  return chunkStreamId <= MAX_TWO_BYTE_ID ? 2 : 3;
}

/**
 * The chunk stream id of the basic header at `at`.
 *
 * @param view Has all of the header's bytes.
 */
export function readChunkStreamId(view: DataView, at: number): number {
  const form = view.getUint8(at) & 0b0011_1111;
  if (form > 1) return form;
  // The specification's only little-endian number besides the message stream id.
  return ID_BASE + (form === 0 ? view.getUint8(at + 1) : view.getUint16(at + 1, LITTLE_ENDIAN));
}

/**
 * Write a basic header in its shortest form.
 *
 * @param fmt 0 to 3.
 * @param chunkStreamId 2 to {@link MAX_CHUNK_STREAM_ID}.
 * @returns Where it ends in `target`.
 */
export function writeBasicHeader(target: Uint8Array, at: number, fmt: number, chunkStreamId: number): number {
  const high = fmt << 6;
  if (chunkStreamId < ID_BASE) {
    target[at] = high | chunkStreamId;
    return at + 1;
  }
  const rest = chunkStreamId - ID_BASE;
  if (chunkStreamId <= MAX_TWO_BYTE_ID) {
    target[at] = high;
    target[at + 1] = rest;
    return at + 2;
  }
  target[at] = high | 1;
  target[at + 1] = rest;
  target[at + 2] = rest >> 8;
  return at + 3;
}
