/**
 * Signing the address of a stream as its vhost verifies it.
 *
 * @module
 */
import { type AccessAction, grantParameters } from "./access/mod.ts";
import { readAddress } from "../../core/mod.ts";
import type { VhostSet } from "./options.ts";
import { resolveTarget } from "./stream_target.ts";

/** What the signature brings, and a fragment, behind which nothing is read. */
const TAKEN = /(?<=[?&])(?:exp|ip|sign)(?==)|#/;

/** What is to be signed. */
export interface StreamUrlGrant {
  /** `rtmp://host/app/stream`, with or without parameters. */
  readonly url: string;
  /** What its bearer may do. */
  readonly action: AccessAction;
  /** Unix time, whole seconds: the last one in which it may be used. */
  readonly expires: number;
  /** The only address that may use it, `""` for any. */
  readonly ip: string;
  /** HMAC-SHA256 of `data`, 32 bytes. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** A signed address. */
export interface SignedStreamUrl {
  /** What to publish to or play. */
  readonly url: string;
  /** The vhost whose secret signed it. */
  readonly vhost: string;
  /** Whether the vhost asks for a signature; without, everybody may do this. */
  readonly wanted: boolean;
}

/**
 * Sign an address with the first secret of its vhost.
 *
 * @throws {Error} When the address names no stream of this server, its vhost has no secret, or `ip` is not an address.
 */
export function signStreamUrl(options: VhostSet, grant: StreamUrlGrant): SignedStreamUrl {
  const { url, action, expires, ip } = grant;
  const taken = TAKEN.exec(url)?.[0];
  if (taken !== undefined) throw new Error(`Cannot sign ${url}: leave out ${taken}`);
  if (ip !== "" && readAddress(ip) === undefined) {
    throw new Error(`Cannot sign ${url} for ${ip}: it is not an IP address`);
  }
  const target = resolveTarget(options, { tcUrl: url }, "");
  if ("refused" in target) {
    const { reason, wayOut } = target.refused;
    throw new Error(`Cannot sign ${url}: ${reason}${wayOut === undefined ? "" : `: ${wayOut}`}`);
  }
  const { app, stream } = target.url;
  const { name, access: { credentials } } = target.vhost;
  const [secret] = credentials.urlSecrets;
  if (secret === undefined) {
    throw new Error(`Cannot sign ${url}: set access.url_secrets of vhost ${name} to one or more secrets`);
  }
  const parameters = grantParameters(
    { action, vhost: name, app, stream, expires, ip },
    secret,
    (key, data) => grant.hmacSha256(key, data),
  );
  const wanted = action === "publish" ? credentials.signedPublish : credentials.signedPlay;
  return { url: `${url}${url.includes("?") ? "&" : "?"}${parameters}`, vhost: name, wanted };
}
