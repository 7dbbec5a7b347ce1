/**
 * Clock, chance and crypto for the pure rooms.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Clock } from "../core/mod.ts";
import type { WireEnvironment } from "./wire/mod.ts";

/** Bytes that SHA-256 works on at a time. */
const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** What the pure rooms are handed in the running server: the time is that of `clock`. */
export function systemEnvironment(clock: Clock): WireEnvironment {
  return {
    now: () => clock.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    hmacSha256,
  };
}

/** RFC 2104, from the hash alone: `createHmac` prints a warning for operators in Deno 2.4. */
function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  const shortKey = key.length > BLOCK_BYTES ? createHash("sha256").update(key).digest() : key;
  const padded = (pad: number) => {
    const block = new Uint8Array(BLOCK_BYTES).fill(pad);
    shortKey.forEach((byte, index) => block[index] = byte ^ pad);
    return block;
  };
  const inner = createHash("sha256").update(padded(INNER_PAD)).update(data).digest();
  return createHash("sha256").update(padded(OUTER_PAD)).update(inner).digest();
}
