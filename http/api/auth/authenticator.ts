/**
 * Who calls: basic credentials as SRS has them, or a bearer token. RFC 7617, RFC 6750.
 *
 * Everything is compared by digests, all candidates each time, so that the time tells nothing. Wrong credentials are
 * counted by address; past a bound none of that address are looked at until time has passed. Right ones change nothing.
 *
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { KeyAttemptLimiter, SecretComparer } from "../../../stream/admission/access/mod.ts";
import type { ApiAuthOptions, ApiTokenOptions } from "../../options.ts";
import type { Caller } from "./caller.ts";
import { tokenHash } from "./token_hash.ts";

/** Addresses that are remembered. */
const MEMORY_CELLS = 4096;
/** How long a wrong credential counts, milliseconds. */
const WINDOW_MS = 60_000;
/** More than any header that is right. */
const MAX_HEADER_LENGTH = 2048;

/** The answer to credentials. */
export type AuthResult =
  | { readonly kind: "caller"; readonly caller: Caller }
  /** None were shown, or they are wrong. */
  | { readonly kind: "unknown"; readonly shown: boolean }
  /** Too many wrong ones came from this address. */
  | { readonly kind: "tooMany" };

/** Who may call where nothing is asked for. */
const EVERYBODY: Caller = { name: "everybody", scope: "admin", by: "nothing" };

/** Looks at credentials. */
export class Authenticator {
  readonly #options: ApiAuthOptions;
  readonly #attempts: KeyAttemptLimiter;
  readonly #comparer: SecretComparer;

  /**
   * Credentials of these options; where there are none, everybody may call.
   *
   * @param before Whose counts of wrong credentials go on; absent: nobody has shown any.
   */
  constructor(options: ApiAuthOptions, before?: Authenticator) {
    this.#options = options;
    const key = randomBytes(32);
    const limits = { maxWrongKeys: options.maxFailures, windowMs: WINDOW_MS, delayMs: 0, maxDelayMs: 0 };
    this.#attempts = before?.attempts ?? new KeyAttemptLimiter(limits, {
      hash: (name) => createHmac("sha256", key).update(name).digest(),
      cells: new BigUint64Array(MEMORY_CELLS),
    });
    this.#attempts.limits = limits;
    this.#comparer = new SecretComparer({
      random: (length) => new Uint8Array(randomBytes(length)),
      hmacSha256: (secret, data) => createHmac("sha256", secret).update(data).digest(),
    });
  }

  /** Wrong credentials by address. */
  get attempts(): KeyAttemptLimiter {
    return this.#attempts;
  }

  /** Whether a caller needs credentials at all. */
  get required(): boolean {
    return this.#options.basic !== undefined || this.#options.tokens.length > 0;
  }

  /** The schemes that there are, for `WWW-Authenticate`. */
  get challenge(): string {
    const { tokens } = this.#options;
    const schemes = [
      ...(this.required ? ['Basic realm="srs", charset="UTF-8"'] : []),
      ...(tokens.length === 0 ? [] : ['Bearer realm="srs"']),
    ];
    return schemes.join(", ");
  }

  /**
   * Look at a request's credentials.
   *
   * @param header Its `Authorization`, `""` where there is none.
   * @param nowMs Monotonic.
   */
  authenticate(header: string, ip: string, nowMs: number): AuthResult {
    const isShown = this.required && header !== "";
    if (isShown && this.#attempts.isExhausted(ip, nowMs)) return { kind: "tooMany" };
    const caller = this.callerOf(header);
    if (caller !== undefined) return { kind: "caller", caller };
    if (!isShown) return { kind: "unknown", shown: false };
    this.#attempts.countWrong(ip, nowMs);
    return { kind: "unknown", shown: true };
  }

  /** Whose credentials they are, whatever the address has shown before; wrong ones are not counted. */
  callerOf(header: string): Caller | undefined {
    if (!this.required) return EVERYBODY;
    if (header.length > MAX_HEADER_LENGTH) return undefined;
    const [, scheme = "", value = ""] = /^(\w+) +(\S+) *$/.exec(header) ?? [];
    switch (scheme.toLowerCase()) {
      case "basic":
        return this.#basic(value);
      case "bearer":
        return this.#bearer(value);
      default:
        return undefined;
    }
  }

  #basic(value: string): Caller | undefined {
    const { basic } = this.#options;
    const shown = decoded(value);
    if (shown === undefined) return undefined;
    // Browsers ask for a name and a password alone: a token may be the password of any name.
    const token = this.#bearer(shown.slice(shown.indexOf(":") + 1));
    const isBasic = basic !== undefined &&
      this.#comparer.isOneOf(shown, [`${basic.username}:${basic.password}`]);
    if (isBasic) return { name: basic.username, scope: "admin", by: "basic" };
    return token === undefined ? undefined : { ...token, by: "basic" };
  }

  #bearer(value: string): Caller | undefined {
    const hash = tokenHash(value);
    let found: ApiTokenOptions | undefined;
    // No early exit: the time would tell which one it is.
    for (const token of this.#options.tokens) {
      if (this.#comparer.isOneOf(hash, [token.sha256])) found = token;
    }
    return found === undefined ? undefined : { name: found.name, scope: found.scope, by: "bearer" };
  }
}

/** The text of base64; `undefined` where it is none. */
function decoded(value: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(value));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
