/**
 * What the pure rooms need of the world, handed in by the caller (`app/`): no clock, no chance, no crypto of their own.
 *
 * @module
 */

/** The world as the wire and the session see it. */
export interface WireEnvironment {
  /** Monotonic milliseconds since some fixed moment. */
  now(): number;
  /** `length` random bytes; they need not be secret. */
  random(length: number): Uint8Array<ArrayBuffer>;
  /** HMAC-SHA256 of `data`, 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}
