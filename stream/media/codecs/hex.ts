/**
 * Bytes as hexadecimal digits.
 *
 * @module
 */

/** Lower-case digits, two a byte. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
