/**
 * CRC of the tables of MPEG-TS: polynomial 0x04C11DB7, not reflected. ISO/IEC 13818-1 Annex A. Pure.
 *
 * @module
 */

const POLYNOMIAL = 0x04c1_1db7;

/** The checksum of `bytes`, unsigned 32 bits. */
export function crc32Mpeg(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
  }
  return crc >>> 0;
}
