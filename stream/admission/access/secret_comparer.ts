/**
 * Compares secrets in a time that tells nothing about them, not even their length. Pure.
 *
 * @module
 */
import type { AccessEnvironment } from "./environment.ts";

const KEY_BYTES = 32;

/** Compares what a client shows with what is right. */
export class SecretComparer {
  readonly #environment: Pick<AccessEnvironment, "hmacSha256">;
  readonly #key: Uint8Array;
  readonly #encoder = new TextEncoder();

  /** Takes a key of its own, so that nobody can foresee the digests that are compared. */
  constructor(environment: Pick<AccessEnvironment, "hmacSha256" | "random">) {
    this.#environment = environment;
    this.#key = environment.random(KEY_BYTES);
  }

  /** Whether `shown` is one of `right`; all of them are looked at, whichever it is. */
  isOneOf(shown: string, right: readonly string[]): boolean {
    const digest = this.#digest(shown);
    let found = false;
    // No early exit: the time would tell which one it is.
    for (const candidate of right) found = equalBytes(digest, this.#digest(candidate)) || found;
    return found;
  }

  #digest(text: string): Uint8Array {
    return this.#environment.hmacSha256(this.#key, this.#encoder.encode(text));
  }
}

/** Equality of two digests of one length, in a time that does not depend on where they differ. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
