/**
 * Kinds of values that only the hooks have: signing secrets, headers, the decision when a service fails.
 *
 * @module
 */

import type { HookEventName } from "../../core/mod.ts";
import type { OnError } from "../../hooks/options.ts";
import { isTable } from "../toml/parse_toml.ts";
import { invalid, type Parsed, parsed, show, tomlString, tomlStrings, type ValueType } from "./value_type.ts";

/** Decisions by event; `default` for those not named. */
export type OnErrorTable = Readonly<{ default: OnError } & Partial<Record<HookEventName, OnError>>>;

/** Rotation needs two or three; every one costs a signature a call. */
const MAX_SECRETS = 8;
const MAX_HEADERS = 32;
const MAX_HEADER_BYTES = 4096;
/** What the HTTP client itself writes, and what the contract promises. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  ...[
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "keep-alive",
    "upgrade",
    "te",
  ],
  ...["webhook-id", "webhook-timestamp", "webhook-signature", "traceparent", "srs-attempt", "srs-verdict"],
]);
const MASK = "***";

/** Secrets of the Standard Webhooks specification: `whsec_` and base64 of 24 to 64 bytes. */
export const SECRETS: ValueType<readonly string[]> = Object.freeze({
  name: "secrets",
  range: '"whsec_..." with base64 of 24 to 64 bytes',
  parse(value: unknown): Parsed<readonly string[]> {
    const secrets: readonly unknown[] = Array.isArray(value) ? value : [value];
    const kept: string[] = [];
    for (const [index, secret] of secrets.entries()) {
      const which = `Secret ${index + 1} of ${secrets.length}`;
      if (typeof secret !== "string") return invalid(`${which} is not text in quotes`);
      const bytes = secretBytes(secret);
      if (bytes === undefined) {
        return invalid(
          `${which} is not "whsec_" and base64`,
          'make one: echo "whsec_$(openssl rand -base64 32)"',
        );
      }
      if (bytes < 24 || bytes > 64) return invalid(`${which} has ${bytes} bytes; 24 to 64 are permitted`);
      kept.push(secret);
    }
    if (kept.length > MAX_SECRETS) return invalid(`${kept.length} secrets are more than ${MAX_SECRETS}`);
    return parsed(Object.freeze(kept));
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
  mask(secrets: readonly string[]): string | undefined {
    return secrets.length === 0 ? undefined : tomlStrings(secrets.map(() => `whsec_${MASK}`));
  },
});

function secretBytes(secret: string): number | undefined {
  const base64 = /^whsec_([A-Za-z\d+/]+)(={0,2})$/.exec(secret);
  const [, digits = "", padding = ""] = base64 ?? [];
  if (digits === "" || (digits.length + padding.length) % 4 !== 0) return undefined;
  return Math.floor(digits.length * 3 / 4);
}

/** Static headers of every call. */
export const HEADERS: ValueType<Readonly<Record<string, string>>> = Object.freeze({
  name: "table",
  range: `at most ${MAX_HEADERS}`,
  parse(value: unknown): Parsed<Readonly<Record<string, string>>> {
    if (!isTable(value)) {
      return invalid(`Expected a table, found ${show(value)}`, '{ Authorization = "Bearer ..." }');
    }
    const entries: [string, string][] = [];
    const names = new Set<string>();
    for (const [name, text] of Object.entries(value)) {
      const lower = name.toLowerCase();
      if (!/^[!#$%&'*+.^_`|~\dA-Za-z-]+$/.test(name)) {
        return invalid(`${show(name)} is not a header's name`);
      }
      if (RESERVED_HEADERS.has(lower)) return invalid(`Header ${show(name)} is the server's own`);
      if (names.has(lower)) return invalid(`Header ${show(name)} is listed twice`);
      if (typeof text !== "string" || !/^[\t\x20-\x7e]*$/.test(text) || text.length > MAX_HEADER_BYTES) {
        return invalid(`The value of header ${show(name)} is not one line of printable ASCII in quotes`);
      }
      names.add(lower);
      entries.push([name, text]);
    }
    if (entries.length > MAX_HEADERS) {
      return invalid(`${entries.length} headers are more than ${MAX_HEADERS}`);
    }
    return parsed(Object.freeze(Object.fromEntries(entries)));
  },
  toToml: headersToml,
  mask(headers: Readonly<Record<string, string>>): string | undefined {
    const names = Object.keys(headers);
    return names.length === 0
      ? undefined
      : headersToml(Object.fromEntries(names.map((name) => [name, MASK])));
  },
});

function headersToml(headers: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(headers).map(([name, text]) => `${tomlString(name)} = ${tomlString(text)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

const DECISIONS: readonly OnError[] = ["deny", "allow", "last"];
const DECIDED: readonly (keyof OnErrorTable)[] = ["default", "on_connect", "on_publish", "on_play"];

/** What decides when the service gives no usable answer: one word, or a table by event. */
export const ON_ERROR: ValueType<OnErrorTable> = Object.freeze({
  name: "word, table",
  range: '"deny", "allow", "last"',
  parse(value: unknown): Parsed<OnErrorTable> {
    const word = DECISIONS.find((decision) => decision === value);
    if (word !== undefined) return parsed(Object.freeze({ default: word }));
    const expected = 'Expected "deny", "allow", "last" or a table like { on_play = "allow" }';
    if (!isTable(value)) return invalid(`${expected}, found ${show(value)}`);
    const table: { default: OnError } & Partial<Record<HookEventName, OnError>> = { default: "deny" };
    for (const [name, decided] of Object.entries(value)) {
      const event = DECIDED.find((candidate) => candidate === name);
      const decision = DECISIONS.find((candidate) => candidate === decided);
      if (event === undefined) return invalid(`${show(name)} is not one of ${DECIDED.join(", ")}`);
      if (decision === undefined) return invalid(`${expected}, found ${show(decided)} for ${name}`);
      table[event] = decision;
    }
    return parsed(Object.freeze(table));
  },
  fromWords(words: readonly string[]): Parsed<OnErrorTable> {
    return this.parse(words.join(" "));
  },
  toToml(table: OnErrorTable): string {
    const entries = Object.entries(table);
    if (entries.length === 1) return tomlString(table.default);
    return `{ ${entries.map(([event, decision]) => `${event} = ${tomlString(decision)}`).join(", ")} }`;
  },
});
