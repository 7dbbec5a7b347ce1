/**
 * Boxes of MP4 that are made once a track: size, type, content. ISO/IEC 14496-12 §4.2. Pure.
 *
 * @module
 */

const HEADER_BYTES = 8;

/** Content of a box: bytes, or other boxes. */
export type BoxPart = Uint8Array | readonly number[];

/** A box. `type` has 4 characters. */
export function box(type: string, ...parts: readonly BoxPart[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, HEADER_BYTES);
  const bytes = new Uint8Array(size);
  bytes.set(uint32(size));
  bytes.set(fourCc(type), 4);
  let offset = HEADER_BYTES;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A box that begins with a version and 24 bits of flags (§4.2). */
export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: readonly BoxPart[]
): Uint8Array<ArrayBuffer> {
  return box(type, uint32(version * 0x100_0000 + flags), ...parts);
}

/** The bytes of four Latin-1 characters. */
export function fourCc(type: string): readonly number[] {
  return Array.from(type, (character) => character.charCodeAt(0));
}

/** 16 bits, big-endian. */
export function uint16(value: number): readonly number[] {
  return [value >>> 8 & 0xff, value & 0xff];
}

/** 24 bits, big-endian. */
export function uint24(value: number): readonly number[] {
  return [value >>> 16 & 0xff, ...uint16(value)];
}

/** 32 bits, big-endian. */
export function uint32(value: number): readonly number[] {
  return [value >>> 24 & 0xff, ...uint24(value)];
}

/** `count` zeros, for reserved fields. */
export function zeros(count: number): readonly number[] {
  return Array.from({ length: count }, () => 0);
}
