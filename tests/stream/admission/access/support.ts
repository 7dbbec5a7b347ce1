/**
 * The access room with a clock that stands still and options that name only what a test is about.
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto";
import type { AccessEnvironment } from "../../../../stream/admission/access/environment.ts";
import type { KeyAttemptMemory } from "../../../../stream/admission/access/key_attempt_limiter.ts";
import {
  type AccessOptions,
  type AddressRule,
  OPEN_ACCESS,
} from "../../../../stream/admission/access/options.ts";
import {
  type AccessRefusal,
  type AccessRequest,
  VhostAccess,
} from "../../../../stream/admission/access/vhost_access.ts";

/** Unix time of all tests, milliseconds. */
export const NOW_MS = 1_700_000_000_000;

/** A clock that is stopped at {@link NOW_MS}. */
export function accessEnvironment(nowMs = NOW_MS): AccessEnvironment {
  return {
    unixMs: () => nowMs,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    hmacSha256: (key, data) => createHmac("sha256", key).update(data).digest(),
  };
}

/** Where guesses are kept; a number of cells other than the default is for seeing what is forgotten. */
export function keyAttemptMemory(cells?: BigUint64Array<ArrayBufferLike>): KeyAttemptMemory {
  const hash = (name: string): Uint8Array => createHash("sha256").update(name).digest();
  return { hash, ...(cells === undefined ? {} : { cells }) };
}

/** Options with some parts in place of the open ones. */
export function accessOptions(
  parts: {
    readonly apps?: AccessOptions["apps"];
    readonly security?: Partial<AccessOptions["security"]>;
    readonly refer?: Partial<AccessOptions["refer"]>;
    readonly credentials?: Partial<AccessOptions["credentials"]>;
  },
): AccessOptions {
  return {
    apps: parts.apps ?? OPEN_ACCESS.apps,
    security: { ...OPEN_ACCESS.security, ...parts.security },
    refer: { ...OPEN_ACCESS.refer, ...parts.refer },
    credentials: { ...OPEN_ACCESS.credentials, ...parts.credentials },
  };
}

/** Rules as SRS writes them: `play all`, `publish 10.0.0.0/8`. */
export function rules(...lines: readonly string[]): readonly AddressRule[] {
  return lines.map((line) => {
    const [action, from = ""] = line.split(" ");
    return { action: action === "play" ? "play" : "publish", from };
  });
}

/** What the vhost `video.test` says to a request for `live/livestream`. */
export function check(
  parts: Parameters<typeof accessOptions>[0],
  request: Partial<AccessRequest> = {},
  nowMs = NOW_MS,
): AccessRefusal | undefined {
  const access = new VhostAccess("video.test", accessOptions(parts), accessEnvironment(nowMs));
  return access.check({
    action: "publish",
    app: "live",
    stream: "livestream",
    param: "",
    ip: "192.0.2.1",
    pageUrl: "",
    ...request,
  });
}
