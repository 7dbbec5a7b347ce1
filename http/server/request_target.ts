/**
 * Where a request goes: the target and the host. RFC 9112 §3.2. Pure.
 *
 * @module
 */
import { type HttpFault, httpFault } from "./http_fault.ts";

/** What Host names. */
export interface RequestHost {
  /** Name or address, with its port where one was sent. */
  readonly name: string;
  /** Whether a URL can have it. */
  readonly isAddressable: boolean;
}

/** An address: `http://`, the host and the target make a URL. */
export interface RequestTarget {
  readonly host: string;
  /** Path and query, as they were sent. */
  readonly target: string;
}

/** A name or address with a port (RFC 3986 §3.2.2); what a URL makes of it is the caller's business. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[!$%&'()*+,;=A-Za-z0-9._~-]+)(?::\d{1,5})?$/;
const ABSOLUTE = /^http:\/\/([^/?#]*)(.*)$/i;

/** An address as a host: that of a request that names none. */
export function authorityOf({ hostname, port }: Pick<Deno.NetAddr, "hostname" | "port">): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Read all values of Host; `undefined` where there is none. */
export function readHost(hosts: readonly string[]): RequestHost | HttpFault | undefined {
  const [name, ...more] = hosts;
  if (name === undefined) return undefined;
  if (more.length > 0) return httpFault(400, "More than one Host");
  return hostOf(name) ?? httpFault(400, "Host does not name a host");
}

/**
 * Read a target.
 *
 * @param host What Host says.
 * @param defaultHost Of a request of HTTP/1.0 that has no Host.
 */
export function readTarget(
  { method, target, version }: {
    readonly method: string;
    readonly target: string;
    readonly version: "1.0" | "1.1" | "2.0";
  },
  host: RequestHost | HttpFault | undefined,
  defaultHost: string,
): RequestTarget | HttpFault {
  if (host === undefined && version !== "1.0") return httpFault(400, `HTTP/${version} needs a Host`);
  if (host !== undefined && "status" in host) return host;
  if (target.includes("#")) return httpFault(400, "The target has a fragment");
  const own = host ?? hostOf(defaultHost);
  if (target.startsWith("/")) return addressOf(own, target);
  if (target === "*" && method === "OPTIONS") return addressOf(own, "/*");
  const [, authority = "", path = ""] = ABSOLUTE.exec(target) ?? [];
  const foreign = hostOf(authority);
  if (foreign === undefined) {
    return httpFault(400, "The target is neither a path nor http:// with a host");
  }
  // The host of an absolute target counts instead of Host (§3.2.2).
  return addressOf(foreign, path.startsWith("/") ? path : `/${path}`);
}

function hostOf(name: string): RequestHost | undefined {
  return HOST.test(name) ? { name, isAddressable: URL.canParse(`http://${name}/`) } : undefined;
}

/** Whatever its path is, an address of such a host can be read. */
function addressOf(host: RequestHost | undefined, target: string): RequestTarget | HttpFault {
  return host?.isAddressable === true
    ? { host: host.name, target }
    : httpFault(400, "The target or Host cannot be read");
}
