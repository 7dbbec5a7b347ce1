/**
 * Address rules of nginx-rtmp, where the first that matches decides, as SRS's `security`, where `deny` goes first.
 * What cannot be said becomes stricter, never more open.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { AccessAction, AddressRule } from "../../stream/admission/access/options.ts";
import type { Directive } from "./srs_conf_parser.ts";

/** One `allow` or `deny`, for one action. */
export interface NginxRule {
  readonly effect: "allow" | "deny";
  readonly action: AccessAction;
  /** `all`, an address or a network. */
  readonly from: string;
  readonly directive: Directive;
}

/** The rules in SRS's form. */
export interface ConvertedRules {
  readonly allow: readonly AddressRule[];
  readonly deny: readonly AddressRule[];
  /** Rules that refuse some clients that nginx would admit. */
  readonly stricter: readonly NginxRule[];
}

const ACTIONS: readonly AccessAction[] = ["publish", "play"];

/**
 * Convert rules in the order in which nginx tries them.
 *
 * @param rules Those of the application first, then those of the blocks around it.
 */
export function convertNginxRules(rules: readonly NginxRule[]): ConvertedRules {
  const parts = ACTIONS.map((action) =>
    convertAction(action, rules.filter((rule) => rule.action === action))
  );
  const allow = parts.flatMap((part) => part.allow);
  // Where there is any allow, an action without one would be refused.
  const open = allow.length === 0 ? [] : parts.filter((part) => part.isOpen);
  return {
    allow: [...allow, ...open.map(({ action }) => ({ action, from: "all" }))],
    deny: parts.flatMap((part) => part.deny),
    stricter: parts.flatMap((part) => part.stricter),
  };
}

interface ActionRules extends ConvertedRules {
  readonly action: AccessAction;
  /** Who matches no rule is admitted. */
  readonly isOpen: boolean;
}

function convertAction(action: AccessAction, rules: readonly NginxRule[]): ActionRules {
  const last = rules.findIndex(({ from }) => from === "all");
  const named = last < 0 ? rules : rules.slice(0, last);
  const isOpen = last < 0 || rules[last]?.effect === "allow";
  const allow: NginxRule[] = [];
  const deny: NginxRule[] = [];
  const stricter: NginxRule[] = [];
  for (const [index, rule] of named.entries()) {
    if (rule.effect === "allow") {
      allow.push(rule);
      continue;
    }
    const later = named.slice(index + 1).some((other) => other.effect === "allow" && overlap(other, rule));
    const earlier = allow.some((other) => overlap(other, rule));
    // Whom a last "deny all" refuses need not be refused before.
    if (earlier && !isOpen && !later) continue;
    if (earlier) stricter.push(rule);
    deny.push(rule);
  }
  const plain = ({ from }: NginxRule): AddressRule => ({ action, from });
  const nobody = !isOpen && allow.length === 0;
  return {
    action,
    isOpen,
    stricter,
    allow: isOpen ? [] : allow.map(plain),
    deny: nobody ? [{ action, from: "all" }] : deny.map(plain),
  };
}

function overlap(a: NginxRule, b: NginxRule): boolean {
  const [one, other] = [network(a.from), network(b.from)];
  if (one === undefined || other === undefined) return false;
  const bits = Math.min(one.bits, other.bits);
  if (one.base instanceof ipaddr.IPv4 && other.base instanceof ipaddr.IPv4) {
    return one.base.match(other.base, bits);
  }
  if (one.base instanceof ipaddr.IPv6 && other.base instanceof ipaddr.IPv6) {
    return one.base.match(other.base, bits);
  }
  return false;
}

function network(
  from: string,
): { readonly base: ipaddr.IPv4 | ipaddr.IPv6; readonly bits: number } | undefined {
  if (ipaddr.isValidCIDR(from)) {
    const [base, bits] = ipaddr.parseCIDR(from);
    return { base, bits };
  }
  if (!ipaddr.isValid(from)) return undefined;
  const base = ipaddr.parse(from);
  return { base, bits: base.kind() === "ipv4" ? 32 : 128 };
}
