/**
 * Kinds of values that only the cluster has: origins, networks and its secret.
 *
 * @module
 */

import ipaddr from "ipaddr.js";
import { invalid, type Parsed, parsed, show, tomlString, tomlStrings, type ValueType } from "./value_type.ts";

/** More of anything is a mistake in the file. */
const MAX_ENTRIES = 64;
const MASK = "***";
const ORIGIN = /^(?:(rtmps?):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?$/i;
const FORWARD = /^rtmps?:\/\/[^\s/]+\/[^\s?#]+\/[^\s/#]+$/i;
const PORTS: Readonly<Record<string, number>> = { rtmp: 1935, rtmps: 443 };

/** Servers of RTMP: `host`, `host:port`, or with `rtmp://` or `rtmps://` before it. */
export const ORIGIN_SERVERS: ValueType<readonly string[]> = Object.freeze({
  name: "servers",
  range: '"10.0.0.1:1935", "origin.example.com", "rtmps://origin.example.com:1936"',
  repeats: true,
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (text) => {
      const [, scheme = "rtmp", host = "", digits] = ORIGIN.exec(text) ?? [];
      const port = digits === undefined ? PORTS[scheme.toLowerCase()] : Number(digits);
      if (host === "" || port === undefined || port < 1 || port > 65_535) {
        return invalid(`${show(text)} is not a server`, 'write "host:port" or "rtmps://host:port"');
      }
      return parsed(`${scheme.toLowerCase()}://${host.toLowerCase()}:${port}`);
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});

/** Where streams are forwarded: a server, or a whole address of RTMP. */
export const FORWARD_TARGETS: ValueType<readonly string[]> = Object.freeze({
  name: "targets",
  range: '"10.0.0.9:1935", "rtmps://live.example.com/app/[stream]"',
  repeats: true,
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (text) => {
      if (FORWARD.test(text)) return parsed(text);
      const [, scheme = "rtmp", host = "", digits = "1935"] = ORIGIN.exec(text) ?? [];
      // The text itself is not shown: what follows the host may be a key.
      if (host === "") return invalid("Expected a target", 'write "host:port" or "rtmp://host/app/[stream]"');
      return parsed(`${scheme.toLowerCase()}://${host.toLowerCase()}:${digits}/[app]/[stream]`);
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
  mask(targets: readonly string[]): string | undefined {
    const masked = targets.map((target) =>
      target.replace(/[^/]*$/, (name) => name === "[stream]" ? name : MASK)
    );
    return masked.every((target, index) => target === targets[index]) ? undefined : tomlStrings(masked);
  },
});

/** Addresses and networks. */
export const NETWORKS: ValueType<readonly string[]> = Object.freeze({
  name: "networks",
  range: '"10.0.0.7", "10.0.0.0/8", "2001:db8::/32"',
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (text) => {
      if (ipaddr.isValidCIDR(text) || ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)) {
        return parsed(text);
      }
      return invalid(`${show(text)} is not an address or a network`, 'such as "10.0.0.0/8"');
    });
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});

/** The secret of a cluster, `""` for none. */
export const CLUSTER_SECRET: ValueType<string> = Object.freeze({
  name: "secret",
  range: "16 to 256 characters, or empty",
  parse(value: unknown): Parsed<string> {
    if (typeof value !== "string") return invalid("Expected text in quotes");
    // The text itself is not shown: it may be a secret that is only a little wrong.
    if (value !== "" && (value.length < 16 || value.length > 256 || /\p{Cc}/u.test(value))) {
      return invalid(
        `A text of ${value.length} characters is not 16 to 256 long`,
        "openssl rand -hex 16 makes one",
      );
    }
    return parsed(value);
  },
  fromWords(words: readonly string[]): Parsed<string> {
    return this.parse(words.join(" "));
  },
  toToml: tomlString,
  mask: (value: string) => value === "" ? undefined : tomlString(MASK),
});

function list(value: unknown, read: (text: string) => Parsed<string>): Parsed<readonly string[]> {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > MAX_ENTRIES) return invalid(`${values.length} entries are more than ${MAX_ENTRIES}`);
  const entries: string[] = [];
  for (const text of values) {
    if (typeof text !== "string") return invalid(`Expected text in quotes, found ${show(text)}`);
    const entry = read(text.trim());
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  return parsed(Object.freeze(entries));
}
