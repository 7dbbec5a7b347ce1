/**
 * Tokens of the API, and the hash by which a configuration knows one. Pure.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** Too many to be guessed: no slow hash is needed for them. */
export const TOKEN_BYTES = 32;
const PREFIX = "srs_";

/**
 * A token of random bytes.
 *
 * @param random {@link TOKEN_BYTES} of them.
 */
export function tokenOf(random: Uint8Array): string {
  return `${PREFIX}${random.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** SHA-256 of a token, 64 hexadecimal digits. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
