/**
 * Kinds of values that only access has: address rules, host names, keys and signing secrets.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import type { AddressRule } from "../../stream/admission/access/options.ts";
import { invalid, type Parsed, parsed, show, tomlStrings, type ValueType } from "./value_type.ts";

/** More of anything is better decided by a hook. */
const MAX_ENTRIES = 256;
const MAX_APP_LENGTH = 256;
const MASK = "***";
/** Bits before an IPv4 address that is mapped to IPv6. */
const MAPPED_BITS = 96;

/** Lines of SRS's `security`, such as `"play 10.0.0.0/8"`. */
export const ADDRESS_RULES: ValueType<readonly AddressRule[]> = Object.freeze({
  name: "rules",
  range: '"publish" or "play", then "all", an address or a network',
  repeats: true,
  parse(value: unknown): Parsed<readonly AddressRule[]> {
    return list(value, (line) => {
      const words = line.trim().split(/\s+/);
      const [action, from = ""] = words;
      if (words.length !== 2 || (action !== "publish" && action !== "play") || !isRange(from)) {
        const message = `${show(line)} is not "publish" or "play" and an address`;
        return invalid(message, 'such as "play all" or "publish 192.168.0.0/16"');
      }
      return parsed(Object.freeze({ action, from }));
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly AddressRule[]> {
    const lines: string[] = [];
    for (let i = 0; i < words.length; i += 2) lines.push(words.slice(i, i + 2).join(" "));
    return this.parse(lines);
  },
  toToml: (rules: readonly AddressRule[]) =>
    tomlStrings(rules.map(({ action, from }) => `${action} ${from}`)),
});

/** Host names of web pages. */
export const HOSTS: ValueType<readonly string[]> = Object.freeze({
  name: "names",
  range: "host names",
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (name) => {
      const usable = /^\.?[A-Za-z\d](?:[A-Za-z\d.-]*[A-Za-z\d])?$/.test(name) && name.length <= 253;
      return usable ? parsed(name) : invalid(`${show(name)} is not a host name`);
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});

/** Addresses and networks. */
export const NETWORKS: ValueType<readonly string[]> = Object.freeze({
  name: "networks",
  range: "addresses, or networks as 10.0.0.0/8",
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (name) => {
      if (name !== "all" && isRange(name)) return parsed(name);
      return invalid(`${show(name)} is not an address or a network`, 'write as "10.0.0.0/8" or "192.0.2.7"');
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});

/** Names of apps. */
export const APPS: ValueType<readonly string[]> = Object.freeze({
  name: "names",
  range: "apps, without blanks and ?",
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (name) => {
      const usable = /^[^\s\p{Cc}?#]+$/u.test(name) && name.length <= MAX_APP_LENGTH;
      return usable ? parsed(name) : invalid(`${show(name)} is not the name of an app`);
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});

/** Keys that clients show: what a URL can hold as it is, long enough not to be guessed. */
export const KEYS: ValueType<readonly string[]> = secretTexts("keys", 8);

/** Secrets that URLs are signed with. */
export const URL_SECRETS: ValueType<readonly string[]> = secretTexts("secrets", 16);

function secretTexts(name: string, minLength: number): ValueType<readonly string[]> {
  const range = `${minLength} to 256 of A-Z a-z 0-9 . _ ~ -`;
  return Object.freeze({
    name,
    range,
    parse(value: unknown): Parsed<readonly string[]> {
      return list(value, (text) => {
        // The text itself is not shown: it may be a secret that is only a little wrong.
        if (!/^[\w.~-]*$/.test(text) || text.length < minLength || text.length > 256) {
          return invalid(
            `A text of ${text.length} characters is not ${range}`,
            "openssl rand -hex 16 makes one",
          );
        }
        return parsed(text);
      });
    },
    fromWords(words: readonly string[]): Parsed<readonly string[]> {
      return this.parse(words);
    },
    toToml: tomlStrings,
    mask(texts: readonly string[]): string | undefined {
      return texts.length === 0 ? undefined : tomlStrings(texts.map(() => MASK));
    },
  });
}

function list<T>(value: unknown, read: (text: string) => Parsed<T>): Parsed<readonly T[]> {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > MAX_ENTRIES) return invalid(`${values.length} entries are more than ${MAX_ENTRIES}`);
  const entries: T[] = [];
  for (const text of values) {
    if (typeof text !== "string") return invalid("Expected an array of texts in quotes");
    const entry = read(text);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  return parsed(Object.freeze(entries));
}

function isRange(from: string): boolean {
  if (from === "all") return true;
  const [address = ""] = from.split("/");
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return false;
  return !from.includes("%") && (!from.includes("/") || isNetwork(from));
}

/** A network around IPv4 addresses mapped to IPv6 that has others in it too is a mistake. */
function isNetwork(from: string): boolean {
  if (!ipaddr.isValidCIDR(from)) return false;
  const [base, bits] = ipaddr.parseCIDR(from);
  return !(base instanceof ipaddr.IPv6) || !base.isIPv4MappedAddress() || bits >= MAPPED_BITS;
}
