/**
 * Where to listen: `1935`, `"127.0.0.1:19350"`, `"[::1]:1935"`, an array of these, or one string split by
 * blanks (SRS's `listen`).
 *
 * @module
 */

import type { ListenAddress } from "../rtmp/options.ts";
import { type Parsed, parsed, show, tomlString, unreadable, type ValueType } from "./value_type.ts";

/** More listeners than this are a mistake in the file. */
const MAX_ADDRESSES = 64;
const ALL_ADDRESSES = "0.0.0.0";
const FORMS = '1935, "127.0.0.1:1935" or "[::1]:1935"';

/** One address or several. */
export const LISTEN: ValueType<readonly ListenAddress[]> = Object.freeze({
  name: "port, addresses",
  range: FORMS,
  parse(value: unknown): Parsed<readonly ListenAddress[]> {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const parts = items.flatMap((item) => typeof item === "string" ? words(item) : [item]);
    if (parts.length === 0) {
      return unreadable(`Expected an address to listen on, found ${show(value)}`, FORMS);
    }
    if (parts.length > MAX_ADDRESSES) {
      return unreadable(`${parts.length} addresses are more than ${MAX_ADDRESSES}`);
    }
    const addresses: ListenAddress[] = [];
    for (const part of parts) {
      const address = listenAddress(part);
      if (address === undefined) {
        return unreadable(`Cannot listen on ${show(part)}: expected ${FORMS}, ports 0 to 65535`);
      }
      if (address.port !== 0 && addresses.some((other) => sameAddress(other, address))) {
        return unreadable(`Address ${formatAddress(address)} is listed twice`);
      }
      addresses.push(address);
    }
    return parsed(Object.freeze(addresses));
  },
  fromWords(words: readonly string[]): Parsed<readonly ListenAddress[]> {
    return this.parse(words);
  },
  toToml(addresses: readonly ListenAddress[]): string {
    const texts = addresses.map(({ hostname, port }) =>
      hostname === ALL_ADDRESSES ? String(port) : tomlString(formatAddress({ hostname, port }))
    );
    return texts.length === 1 ? texts.join("") : `[${texts.join(", ")}]`;
  },
});

/** `host:port`, an IPv6 host in brackets. */
export function formatAddress({ hostname, port }: ListenAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Whether two listeners cannot both open: same port, and the same host or one that includes the other. */
export function sameAddress(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port || a.port === 0 || a.hostname.includes(":") !== b.hostname.includes(":")) {
    return false;
  }
  const wildcards: readonly string[] = [ALL_ADDRESSES, "::"];
  return a.hostname === b.hostname || wildcards.includes(a.hostname) || wildcards.includes(b.hostname);
}

function words(text: string): string[] {
  return text.split(/[ \t\r\n]+/).filter((word) => word !== "");
}

function listenAddress(value: unknown): ListenAddress | undefined {
  if (typeof value === "number") return portOf(String(value), ALL_ADDRESSES);
  if (typeof value !== "string") return undefined;
  if (/^\d+$/.test(value)) return portOf(value, ALL_ADDRESSES);
  const match = /^(?:\[([\da-fA-F:.]+)\]|([A-Za-z\d.-]+)|(\*))?:(\d+)$/.exec(value);
  if (match === null) return undefined;
  const [, ipv6, host, , port = ""] = match;
  if (ipv6 !== undefined && !isIpv6(ipv6)) return undefined;
  if (host !== undefined && !isHost(host)) return undefined;
  return portOf(port, ipv6?.toLowerCase() ?? host ?? ALL_ADDRESSES);
}

function portOf(text: string, hostname: string): ListenAddress | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65535 ? Object.freeze({ hostname, port }) : undefined;
}

function isIpv6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

function isHost(text: string): boolean {
  // Digits and dots only must be a whole IPv4 address, not what URLs make of "1.2".
  if (/^[\d.]+$/.test(text)) {
    const parts = text.split(".");
    return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  }
  return URL.canParse(`http://${text}/`);
}
