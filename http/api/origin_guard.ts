/**
 * Whether a request comes from where it seems to come from. The API has no password, so a page that the operator's
 * browser has open must not be able to use it: neither under its own name that its DNS server points at this address
 * (rebinding), nor from another site. Pure.
 *
 * @module
 */

/** What is wrong with a caller. */
export type OriginFault = "hostNotAllowed" | "originNotAllowed";

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** Nobody can own these names in the public DNS. */
const LOCAL_NAME = /^[^.]+$|\.(?:localhost|internal)$/;
/** What a browser says of a request that a page of the same place, or nobody, caused. */
const OWN_SITES: ReadonlySet<string | null> = new Set([null, "same-origin", "none"]);
const READING_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Look at a request's headers.
 *
 * @param hosts Names that are this server's besides addresses and local names; after a dot, all below it.
 * @returns `undefined` when nothing is wrong.
 */
export function checkOrigin(request: Request, hosts: readonly string[]): OriginFault | undefined {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const name = hostName(host);
  if (name === undefined || !isOwn(name, hosts)) return "hostNotAllowed";
  if (READING_METHODS.has(request.method)) return undefined;
  const origin = request.headers.get("origin");
  const isSameOrigin = origin === null || hostOf(origin) === host.toLowerCase();
  return isSameOrigin && OWN_SITES.has(request.headers.get("sec-fetch-site"))
    ? undefined
    : "originNotAllowed";
}

function isOwn(name: string, hosts: readonly string[]): boolean {
  return IPV4.test(name) || name.startsWith("[") || LOCAL_NAME.test(name) ||
    hosts.some((host) => isNamed(name, host.toLowerCase()));
}

function isNamed(name: string, host: string): boolean {
  return host.startsWith(".") ? name.endsWith(host) : name === host;
}

/** The name without port and final dot, in lower case; an IPv6 address in brackets. */
function hostName(host: string): string | undefined {
  const name = /^(\[[\da-f:.]+\]|[^:[\]/@\s]+)(?::\d+)?$/i.exec(host)?.[1];
  return name?.toLowerCase().replace(/\.$/, "");
}

function hostOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}
