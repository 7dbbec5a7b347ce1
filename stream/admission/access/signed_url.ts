/**
 * Signed stream addresses: HMAC-SHA256 over action, vhost, app, stream, expiry and, where wanted, the client's
 * address, in the parameters `exp`, `ip` and `sign`. Pure.
 *
 * @module
 */
import { encodeBase64Url } from "@std/encoding/base64url";
import type { AccessEnvironment } from "./environment.ts";
import type { AccessAction } from "./options.ts";

/** The first word of what is signed, so that no other signature under the same secret fits here. */
const PURPOSE = "srs-url-1";

/** The library is JavaScript without types. */
const base64Url: (bytes: Uint8Array) => string = encodeBase64Url;

/** What one signature permits. */
export interface SignedGrant {
  /** What the client may do. */
  readonly action: AccessAction;
  /** As the configuration resolved it. */
  readonly vhost: string;
  /** Without its query. */
  readonly app: string;
  /** Without its query. */
  readonly stream: string;
  /** Unix time, whole seconds: the last one in which it may be used. */
  readonly expires: number;
  /** The only address that may use it, `""` for any. */
  readonly ip: string;
}

/** The `sign` of a grant: base64url, 43 characters. */
export function signGrant(
  grant: SignedGrant,
  secret: string,
  hmacSha256: AccessEnvironment["hmacSha256"],
): string {
  const { action, vhost, app, stream, expires, ip } = grant;
  const encoder = new TextEncoder();
  // JSON keeps the parts apart, whatever they hold.
  const text = JSON.stringify([PURPOSE, action, vhost, app, stream, expires, ip]);
  return base64Url(hmacSha256(encoder.encode(secret), encoder.encode(text)));
}

/**
 * The parameters that carry a grant, to be appended to an address's `?` or `&`.
 *
 * @throws {RangeError} Unless `expires` is a whole second, now or later.
 */
export function grantParameters(
  grant: SignedGrant,
  secret: string,
  hmacSha256: AccessEnvironment["hmacSha256"],
): string {
  if (!Number.isSafeInteger(grant.expires) || grant.expires < 0) {
    throw new RangeError(`Cannot sign until ${grant.expires}: it is not a Unix time in whole seconds`);
  }
  const ip = grant.ip === "" ? "" : `&ip=${grant.ip}`;
  return `exp=${grant.expires}${ip}&sign=${signGrant(grant, secret, hmacSha256)}`;
}
