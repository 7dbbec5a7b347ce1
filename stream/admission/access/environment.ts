/**
 * What the access room needs of the world, handed in by the caller (`MediaContext`).
 *
 * @module
 */

/** Clock, chance and crypto. */
export interface AccessEnvironment {
  /** Unix time, milliseconds. */
  unixMs(): number;
  /** `length` random bytes. */
  random(length: number): Uint8Array;
  /** HMAC-SHA256 of `data`, 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}
