/**
 * Addresses and networks of clients. Pure.
 *
 * @module
 */
import ipaddr from "ipaddr.js";

/** The prefix of an IPv4-mapped IPv6 address. */
const MAPPED_BITS = 96;

/** An address that was read. */
export type NetworkAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * The address of a client, IPv4 where it is an IPv4-mapped one; `undefined` when it cannot be read.
 *
 * @param ip Its zone, as in `fe80::1%eth0`, is not looked at.
 */
export function readAddress(ip: string): NetworkAddress | undefined {
  const [plain = ""] = ip.split("%");
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

/** Addresses that begin with the same bits. */
export type AddressRange = readonly [base: NetworkAddress, bits: number];

/** Whether an address, not an IPv4-mapped one, is in the range. */
export function isInRange([base, bits]: AddressRange, address: NetworkAddress): boolean {
  if (base instanceof ipaddr.IPv4 && address instanceof ipaddr.IPv4) return address.match(base, bits);
  if (base instanceof ipaddr.IPv6 && address instanceof ipaddr.IPv6) return address.match(base, bits);
  return false;
}

/** The range of an address or a network; `undefined` for any other text. */
export function readRange(from: string): AddressRange | undefined {
  if (from.includes("%")) return undefined;
  if (from.includes("/")) {
    const isWhole = ipaddr.IPv4.isValidFourPartDecimal(from.split("/")[0] ?? "") || from.includes(":");
    return isWhole && ipaddr.isValidCIDR(from) ? plainNetwork(...ipaddr.parseCIDR(from)) : undefined;
  }
  if (!ipaddr.IPv4.isValidFourPartDecimal(from) && !ipaddr.IPv6.isValid(from)) return undefined;
  const address = ipaddr.process(from);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** The one way to write a range: its first address, and how many bits count. */
export function rangeText([base, bits]: AddressRange): string {
  const network = `${base.toString()}/${bits}`;
  const first = base instanceof ipaddr.IPv4
    ? ipaddr.IPv4.networkAddressFromCIDR(network)
    : ipaddr.IPv6.networkAddressFromCIDR(network);
  return `${first.toString()}/${bits}`;
}

/** A network of IPv4-mapped addresses is one of IPv4; one that reaches beyond them is a mistake. */
function plainNetwork(
  base: NetworkAddress,
  bits: number,
): [NetworkAddress, number] | undefined {
  if (base instanceof ipaddr.IPv4 || !base.isIPv4MappedAddress()) return [base, bits];
  return bits < MAPPED_BITS ? undefined : [base.toIPv4Address(), bits - MAPPED_BITS];
}

/** A list of addresses and networks. */
export class AddressRanges {
  readonly #ranges: readonly AddressRange[];

  /**
   * Addresses and networks, such as `10.0.0.0/8`.
   *
   * @throws {RangeError} One of them is neither.
   */
  constructor(names: readonly string[]) {
    this.#ranges = names.map((name) => {
      const range = readRange(name);
      if (range === undefined) {
        throw new RangeError(`Cannot use ${name}: it is neither an address nor a network`);
      }
      return range;
    });
  }

  /** Whether an address is one of them, or in one of them; what cannot be read is not. */
  has(ip: string): boolean {
    if (this.#ranges.length === 0) return false;
    const address = readAddress(ip);
    return address !== undefined && this.#ranges.some((range) => isInRange(range, address));
  }
}
