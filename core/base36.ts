/**
 * Letters of an id from bytes. Pure.
 *
 * @module
 */

const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A digit or small letter for each byte: as random as the bytes are, but for a slight preference of the first four. */
export function base36(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
