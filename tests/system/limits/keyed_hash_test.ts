/**
 * Tests of `system/limits/keyed_hash.ts`: the vectors of the reference implementation, as far as they are whole
 * UTF-16 code units.
 *
 * @module
 */
import { HASH_KEY_BYTES, KeyedHash } from "../../../system/limits/keyed_hash.ts";
import { assertEquals } from "../../support/assert.ts";

/** By the length of the message, which is the bytes 0, 1, 2 and so on, as is the key. */
const VECTORS: readonly (readonly [length: number, hash: number])[] = [
  [0, 0x5b9f_35a9],
  [2, 0x03a6_62fa],
  [4, 0x8946_6e2a],
  [6, 0x23fc_6358],
  [8, 0x8f84_b8d0],
  [10, 0x3479_b094],
];

Deno.test("KeyedHash is HalfSipHash-2-4 of a name's code units", () => {
  const bytes = Uint8Array.from({ length: HASH_KEY_BYTES }, (_, index) => index);
  const hash = new KeyedHash(bytes);
  for (const [length, expected] of VECTORS) {
    const units = Array.from({ length: length / 2 }, (_, index) => 2 * index | (2 * index + 1) << 8);
    assertEquals(hash.of(String.fromCharCode(...units)), expected, `${length} bytes`);
  }
});

Deno.test("KeyedHash gives a name other values under other keys", () => {
  const keys = [new Uint8Array(HASH_KEY_BYTES), new Uint8Array(HASH_KEY_BYTES).fill(1)];
  const values = new Set(keys.map((key) => new KeyedHash(key).of("live/cam")));
  assertEquals(values.size, keys.length);
});
