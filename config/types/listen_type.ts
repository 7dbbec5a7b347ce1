/**
 * Where to listen: `1935`, `"127.0.0.1:19350"`, `"[::1]:1935"`, an array of these, or one string split by
 * blanks (SRS's `listen`).
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { ListenAddress } from "../../core/mod.ts";
import { invalid, type Parsed, parsed, show, tomlString, type ValueType } from "./value_type.ts";

/** More listeners than this are a mistake in the file. */
const MAX_ADDRESSES = 64;
const ALL_ADDRESSES = "0.0.0.0";
const ANY_IPV6 = "::";
const FORMS = '1935, "127.0.0.1:1935" or "[::1]:1935"';

/** The same, or none at all. */
export const LISTEN_OR_NONE: ValueType<readonly ListenAddress[]> = Object.freeze({
  name: "port, addresses",
  range: `${FORMS}, or none`,
  parse(value: unknown): Parsed<readonly ListenAddress[]> {
    const isNone = value === "" || (Array.isArray(value) && value.length === 0);
    return isNone ? parsed(Object.freeze([])) : LISTEN.parse(value);
  },
  fromWords(words: readonly string[]): Parsed<readonly ListenAddress[]> {
    return this.parse(words);
  },
  toToml: (addresses: readonly ListenAddress[]) => addresses.length === 0 ? "[]" : LISTEN.toToml(addresses),
});

/** One address or several. */
export const LISTEN: ValueType<readonly ListenAddress[]> = Object.freeze({
  name: "port, addresses",
  range: FORMS,
  parse(value: unknown): Parsed<readonly ListenAddress[]> {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const parts = items.flatMap((item) => typeof item === "string" ? words(item) : [item]);
    if (parts.length === 0) {
      return invalid(`Expected an address to listen on, found ${show(value)}`, FORMS);
    }
    if (parts.length > MAX_ADDRESSES) {
      return invalid(`${parts.length} addresses are more than ${MAX_ADDRESSES}`);
    }
    const addresses: ListenAddress[] = [];
    for (const part of parts) {
      const address = listenAddress(part);
      if (address === undefined) {
        return invalid(`Cannot listen on ${show(part)}: expected ${FORMS}, ports 0 to 65535`);
      }
      const other = addresses.find((candidate) => overlap(candidate, address) !== undefined);
      if (other !== undefined) return twice(other, address);
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

/** Why two listeners cannot both open. */
export type Overlap = "same" | "ipv4";

/**
 * Why two listeners cannot both open: same port, and the same host, one that includes the other, or `[::]`, which
 * takes IPv4 too. `localhost` is taken for 127.0.0.1.
 *
 * @returns `undefined` when both can.
 */
export function overlap(a: ListenAddress, b: ListenAddress): Overlap | undefined {
  if (a.port !== b.port || a.port === 0) return undefined;
  const [one, other] = [canonicalHost(a.hostname), canonicalHost(b.hostname)];
  if (one === ANY_IPV6 || other === ANY_IPV6) {
    return one.includes(":") && other.includes(":") ? "same" : "ipv4";
  }
  if (one.includes(":") !== other.includes(":")) return undefined;
  return one === other || one === ALL_ADDRESSES || other === ALL_ADDRESSES ? "same" : undefined;
}

/** Whether only this machine reaches a listener. */
export function isLoopbackAddress({ hostname }: ListenAddress): boolean {
  const host = canonicalHost(hostname);
  return host === "::1" || host.startsWith("127.");
}

/** One text for each address, however it was written. */
function canonicalHost(hostname: string): string {
  if (hostname.toLowerCase() === "localhost") return "127.0.0.1";
  if (!hostname.includes(":")) return hostname.toLowerCase();
  const address = ipaddr.IPv6.parse(hostname);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}

function twice(first: ListenAddress, second: ListenAddress): Parsed<readonly ListenAddress[]> {
  if (overlap(first, second) === "same") {
    return invalid(`Address ${formatAddress(second)} is listed twice`);
  }
  const [all, part] = canonicalHost(first.hostname) === ANY_IPV6 ? [first, second] : [second, first];
  const text = formatAddress(all);
  return invalid(
    `Cannot listen on both ${text} and ${formatAddress(part)}: ${text} takes IPv4 too`,
    `write ${tomlString(text)} alone`,
  );
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
  // A link-local address needs the name of its interface, which no form here has.
  return ipaddr.IPv6.isValid(text) && ipaddr.IPv6.parse(text).range() !== "linkLocal";
}

function isHost(text: string): boolean {
  // Digits and dots only must be a whole IPv4 address, not what URLs make of "1.2".
  if (/^[\d.]+$/.test(text)) {
    const parts = text.split(".");
    return parts.length === 4 &&
      parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  }
  return URL.canParse(`http://${text}/`);
}
