/**
 * SRS's `security`: addresses that may publish or play. Pure.
 *
 * The order is that of SRS's newer versions: no rule at all admits nobody; a `deny` that matches decides; where
 * there is an `allow`, for whatever action, one must match; a list of `deny` alone admits the rest.
 *
 * @module
 */
import { isInRange, type NetworkAddress, readAddress, readRange } from "../../../core/mod.ts";
import type { AccessAction, AddressRule, SecurityOptions } from "./options.ts";

/** A rule, ready to be matched. */
interface Matcher {
  readonly action: AccessAction;
  matches(address: NetworkAddress | undefined): boolean;
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

function matcher({ action, from }: AddressRule): Matcher {
  if (from === "all") return { action, matches: () => true };
  const network = readRange(from);
  if (network === undefined) {
    throw new RangeError(`Cannot use ${from} in a rule: it is neither all nor an address nor a network`);
  }
  return { action, matches: (address) => address !== undefined && isInRange(network, address) };
}
