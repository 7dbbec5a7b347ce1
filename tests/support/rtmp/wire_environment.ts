/**
 * The real world for the wire, and a repeatable one.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { WireEnvironment } from "../../../rtmp/wire/environment.ts";

/** Clock, chance and crypto of this process. */
export function realWireEnvironment(): WireEnvironment {
  return {
    now: () => performance.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    hmacSha256,
  };
}

/** The same bytes and times in every run. */
export function fixedWireEnvironment(nowMs = 0): WireEnvironment {
  let seed = 1;
  return {
    now: () => nowMs,
    random: (length) =>
      Uint8Array.from({ length }, () => {
        seed = (seed * 1_103_515_245 + 12_345) % 0x80000000;
        return seed >> 16;
      }),
    hmacSha256,
  };
}

function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(data).digest();
}
