/**
 * SRS's `security`: addresses that may publish or play. Pure.
 *
 * The order is that of SRS's newer versions: no rule at all admits nobody; a `deny` that matches decides; where
 * there is an `allow`, for whatever action, one must match; a list of `deny` alone admits the rest.
 *
 * @module
 */
import ipaddr from "ipaddr.js";
import type { AccessAction, AddressRule, SecurityOptions } from "./options.ts";

/** The prefix of an IPv4-mapped IPv6 address. */
const MAPPED_BITS = 96;

/** A rule, ready to be matched. */
interface Matcher {
  readonly action: AccessAction;
  matches(address: ipaddr.IPv4 | ipaddr.IPv6 | undefined): boolean;
}

/** The rules of one vhost. */
export class AddressRules {
  readonly #enabled: boolean;
  readonly #allow: readonly Matcher[];
  readonly #deny: readonly Matcher[];

  /** @throws {RangeError} When a rule's `from` is neither `all` nor an address nor a network. */
  constructor({ enabled, allow, deny }: SecurityOptions) {
    this.#enabled = enabled;
    this.#allow = allow.map(matcher);
    this.#deny = deny.map(matcher);
  }

  /**
   * Whether a client may do something, as far as its address goes.
   *
   * @param ip An address as the system writes it; what cannot be read matches `all` alone.
   */
  admits(action: AccessAction, ip: string): boolean {
    if (!this.#enabled) return true;
    const address = readAddress(ip);
    const matches = (rule: Matcher): boolean => rule.action === action && rule.matches(address);
    if (this.#deny.some(matches)) return false;
    if (this.#allow.some(matches)) return true;
    return this.#allow.length === 0 && this.#deny.length > 0;
  }
}

/**
 * The address of a client, IPv4 where it is an IPv4-mapped one; `undefined` when it cannot be read.
 *
 * @param ip Its zone, as in `fe80::1%eth0`, is not looked at.
 */
export function readAddress(ip: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const [plain = ""] = ip.split("%");
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

function matcher({ action, from }: AddressRule): Matcher {
  if (from === "all") return { action, matches: () => true };
  const network = readRange(from);
  if (network === undefined) {
    throw new RangeError(`Cannot use ${from} in a rule: it is neither all nor an address nor a network`);
  }
  return { action, matches: (address) => address !== undefined && isInRange(network, address) };
}

/** Addresses that begin with the same bits. */
export type AddressRange = readonly [base: ipaddr.IPv4 | ipaddr.IPv6, bits: number];

/** Whether an address, not an IPv4-mapped one, is in the range. */
export function isInRange([base, bits]: AddressRange, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
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

/** A network of IPv4-mapped addresses is one of IPv4; one that reaches beyond them is a mistake. */
function plainNetwork(
  base: ipaddr.IPv4 | ipaddr.IPv6,
  bits: number,
): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  if (base instanceof ipaddr.IPv4 || !base.isIPv4MappedAddress()) return [base, bits];
  return bits < MAPPED_BITS ? undefined : [base.toIPv4Address(), bits - MAPPED_BITS];
}
