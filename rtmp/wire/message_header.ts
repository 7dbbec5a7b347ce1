/**
 * Chunk message header: how long it is, for headers whose end may not have come. RTMP 1.0 §5.3.1.2 and §5.3.1.3. Pure.
 *
 * @module
 */
import { EXTENDED_TIMESTAMP } from "./chunk_encoder.ts";

/** Bytes of the message header by fmt, without extended timestamp (§5.3.1.2). */
export const MESSAGE_HEADER_BYTES: readonly number[] = [11, 7, 3, 0];
/** Of the extended timestamp. */
export const EXTENDED_BYTES = 4;

/** Bytes of a fmt 0 to 2 message header at `at`, its extended timestamp included; -1 when they are not all there. */
export function messageHeaderSize(view: DataView, at: number, end: number, fmt: number): number {
  const size = MESSAGE_HEADER_BYTES[fmt] ?? 0;
  if (at + size > end) return -1;
  if (readUint24(view, at) !== EXTENDED_TIMESTAMP) return size;
  return at + size + EXTENDED_BYTES > end ? -1 : size + EXTENDED_BYTES;
}

/**
 * Bytes of the extended timestamp on a fmt 3 chunk: 4 where it repeats the one of the header before, 0 where there
 * is none, -1 while that is not known.
 *
 * §5.3.1.3 wants it on fmt 3 too; older encoders leave it out. So only the same four bytes count as one.
 */
export function repeatedTimestampSize(
  view: DataView,
  at: number,
  end: number,
  extended: number | undefined,
): number {
  if (extended === undefined) return 0;
  for (let i = 0; i < EXTENDED_BYTES; i++) {
    if (at + i >= end) return -1;
    if (view.getUint8(at + i) !== ((extended >>> (24 - 8 * i)) & 0xff)) return 0;
  }
  return EXTENDED_BYTES;
}

/** A number of three bytes. */
export function readUint24(view: DataView, at: number): number {
  return (view.getUint16(at) << 8) | view.getUint8(at + 2);
}
