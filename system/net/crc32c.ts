/**
 * CRC-32C (Castagnoli), as in iSCSI. Pure.
 *
 * @module
 */

/** 0x1EDC6F41, its bits in reverse. */
const POLYNOMIAL = 0x82f63b78;

/** The checksum of `bytes`, an unsigned number. Bit by bit: headers are short. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * POLYNOMIAL);
  }
  return ~crc >>> 0;
}
