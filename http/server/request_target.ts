/**
 * Where a request goes: the target and the host. RFC 9112 §3.2. Pure.
 *
 * @module
 */
import { type HttpFault, httpFault } from "./http_fault.ts";

/** An address. */
export interface RequestTarget {
  /** Absolute. */
  readonly url: URL;
  /** Name or address, with its port where one was sent. */
  readonly host: string;
}

/** A name or address with a port (RFC 3986 §3.2.2); what a URL makes of it is the caller's business. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[!$%&'()*+,;=A-Za-z0-9._~-]+)(?::\d{1,5})?$/;
const ABSOLUTE = /^http:\/\/([^/?#]*)(.*)$/i;

/**
 * Read a target.
 *
 * @param hosts All values of Host.
 * @param defaultHost Of a request of HTTP/1.0 that has no Host.
 */
export function readTarget(
  { method, target, minorVersion }: {
    readonly method: string;
    readonly target: string;
    readonly minorVersion: 0 | 1;
  },
  hosts: readonly string[],
  defaultHost: string,
): RequestTarget | HttpFault {
  const [host = defaultHost, ...more] = hosts;
  if (more.length > 0) return httpFault(400, "More than one Host");
  if (hosts.length === 0 && minorVersion === 1) return httpFault(400, "HTTP/1.1 needs a Host");
  if (!HOST.test(host)) return httpFault(400, "Host does not name a host");
  if (target.includes("#")) return httpFault(400, "The target has a fragment");
  if (target.startsWith("/")) return addressOf(host, target);
  if (target === "*" && method === "OPTIONS") return addressOf(host, "/*");
  const [, authority = "", path = ""] = ABSOLUTE.exec(target) ?? [];
  // The host of an absolute target counts instead of Host (§3.2.2).
  if (!HOST.test(authority)) return httpFault(400, "The target is neither a path nor http:// with a host");
  return addressOf(authority, path.startsWith("/") ? path : `/${path}`);
}

function addressOf(host: string, path: string): RequestTarget | HttpFault {
  const url = URL.parse(`http://${host}${path}`);
  return url === null ? httpFault(400, "The target or Host cannot be read") : { url, host };
}
