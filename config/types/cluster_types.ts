/**
 * Kinds of values that only the cluster has: origins, targets of forwards and its secret.
 *
 * @module
 */

import { invalid, type Parsed, parsed, show, tomlString, tomlStrings, type ValueType } from "./value_type.ts";

/** More of anything is a mistake in the file. */
const MAX_ENTRIES = 64;
const MASK = "***";
const ORIGIN = /^(?:(rtmps?):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?$/i;
const FORWARD = /^rtmps?:\/\/(?:\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d{1,5}))?\/[^\s?#]+\/[^\s/?#][^\s/#]*$/i;
/** What stands for a name of the stream. */
const VARIABLES = /\[(?:vhost|app|stream)\]/g;
const PORTS: Readonly<Record<string, number>> = { rtmp: 1935, rtmps: 443 };

/** Servers of RTMP: `host`, `host:port`, or with `rtmp://` or `rtmps://` before it. */
export const ORIGIN_SERVERS: ValueType<readonly string[]> = Object.freeze({
  name: "servers",
  range: '"10.0.0.1:1935", "origin.example.com", "rtmps://origin.example.com:1936"',
  repeats: true,
  parse(value: unknown): Parsed<readonly string[]> {
    return list(value, (text) => {
      const server = readServer(text);
      if (server === undefined) {
        return invalid(`${show(text)} is not a server`, 'write "host:port" or "rtmps://host:port"');
      }
      return parsed(server);
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
      const [whole, port] = FORWARD.exec(text.replaceAll(VARIABLES, "name")) ?? [];
      if (whole !== undefined && (port === undefined || isPort(Number(port)))) return parsed(text);
      const server = readServer(text);
      // The text itself is not shown: what follows the host may be a key.
      if (server === undefined) {
        return invalid("Not a target", 'write "host:port" or "rtmp://host/app/[stream]"');
      }
      return parsed(`${server}/[app]/[stream]`);
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

/** `scheme://host:port`; `undefined` where the text is not a server. */
function readServer(text: string): string | undefined {
  const [, named = "rtmp", host, digits] = ORIGIN.exec(text) ?? [];
  const scheme = named.toLowerCase();
  const port = digits === undefined ? PORTS[scheme] : Number(digits);
  if (host === undefined || port === undefined || !isPort(port)) return undefined;
  return `${scheme}://${host.toLowerCase()}:${port}`;
}

/** What is wrong with the port of a server, where it is the port: more than six digits may be a key. */
function portOf(text: string): string | undefined {
  const [port] =
    /(?<=^(?:[a-z]+:\/\/)?(?:\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+):)\d{1,6}(?=\/|$)/i.exec(text.trim()) ??
      [];
  return port === undefined || isPort(Number(port)) ? undefined : `port ${port} is not 1 to 65535`;
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

function list(value: unknown, read: (text: string) => Parsed<string>): Parsed<readonly string[]> {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > MAX_ENTRIES) return invalid(`${values.length} entries are more than ${MAX_ENTRIES}`);
  const entries: string[] = [];
  for (const [index, text] of values.entries()) {
    if (typeof text !== "string") return invalid(`Expected text in quotes, found ${show(text)}`);
    const entry = read(text.trim());
    if (!entry.ok) {
      const { message, suggestion } = entry;
      return invalid(
        values.length === 1 ? message : `Entry ${index + 1}: ${message}`,
        portOf(text) ?? suggestion,
      );
    }
    entries.push(entry.value);
  }
  return parsed(Object.freeze(entries));
}
