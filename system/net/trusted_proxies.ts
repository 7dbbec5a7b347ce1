/**
 * Proxies whose word on their clients counts. Pure.
 *
 * @module
 */
import ipaddr from "ipaddr.js";
import { AddressRanges } from "../../core/mod.ts";

/** Addresses and networks. */
export class TrustedProxies {
  readonly #ranges: AddressRanges;

  /**
   * Addresses and networks, such as `10.0.0.0/8`.
   *
   * @throws {RangeError} One of them is neither.
   */
  constructor(names: readonly string[]) {
    this.#ranges = new AddressRanges(names);
  }

  /** Whether an address is one of them. */
  has(ip: string): boolean {
    return this.#ranges.has(ip);
  }

  /**
   * The address of the client of a request, by X-Forwarded-For, from the right the first that does not belong to a
   * proxy; by X-Real-IP where there is none. What cannot be read ends the search: nobody says what is left of it.
   *
   * @param ip Where the request comes from, canonical.
   */
  clientOf(ip: string, { forwardedFor, realIp }: ForwardedHeaders): string {
    if (!this.has(ip)) return ip;
    if (forwardedFor === "") return readIp(realIp) ?? ip;
    let client = ip;
    for (const part of forwardedFor.split(",").reverse()) {
      const address = readIp(part);
      if (address === undefined) return client;
      client = address;
      if (!this.has(address)) return address;
    }
    return client;
  }
}

/** What a proxy adds to a request; `""` for what it does not. */
export interface ForwardedHeaders {
  /** X-Forwarded-For, all of them joined by commas. */
  readonly forwardedFor: string;
  /** X-Real-IP. */
  readonly realIp: string;
}

/** An address, perhaps with a port; canonical. */
function readIp(text: string): string | undefined {
  const plain = text.trim();
  const [, bracketed] = /^\[([\da-fA-F:.]+)\](?::\d+)?$/.exec(plain) ?? [];
  const [, withPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(plain) ?? [];
  const address = bracketed ?? withPort ?? plain;
  const isAddress = address.includes(":")
    ? ipaddr.IPv6.isValid(address)
    : ipaddr.IPv4.isValidFourPartDecimal(address);
  return isAddress && !address.includes("%") ? ipaddr.process(address).toString() : undefined;
}
