/**
 * Kinds of values that only the credentials of the API have: tokens by their hashes, and a password.
 *
 * @module
 */

import type { ApiTokenOptions } from "../../http/options.ts";
import {
  invalid,
  type Parsed,
  parsed,
  show,
  TEXT,
  tomlString,
  tomlStrings,
  type ValueType,
} from "./value_type.ts";

const MAX_TOKENS = 256;
const SCOPES = ["read", "kick", "admin"] as const;
const FORM = /^([\w.@-]{1,64}) (\w+) ([\da-f]{64})$/;

/** A text that is never shown. */
export const PASSWORD: ValueType<string> = Object.freeze({
  ...TEXT,
  name: "password",
  parse(value: unknown): Parsed<string> {
    const text = TEXT.parse(value);
    // What was found is not shown: it may be a password that is only a little wrong.
    return text.ok ? text : invalid("Expected text in quotes without control characters");
  },
  fromWords(words: readonly string[]): Parsed<string> {
    return this.parse(words.join(" "));
  },
  mask: (text: string) => text === "" ? undefined : tomlString("***"),
});

/** Lines of a name, a scope and a hash. */
export const API_TOKENS: ValueType<readonly ApiTokenOptions[]> = Object.freeze({
  name: "tokens",
  range: "a name, then read, kick or admin, then the SHA-256 of the token",
  parse(value: unknown): Parsed<readonly ApiTokenOptions[]> {
    const lines: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (lines.length > MAX_TOKENS) return invalid(`${lines.length} tokens are more than ${MAX_TOKENS}`);
    const tokens: ApiTokenOptions[] = [];
    for (const line of lines) {
      const token = readToken(line);
      if (!token.ok) return token;
      tokens.push(token.value);
    }
    return parsed(Object.freeze(tokens));
  },
  fromWords(words: readonly string[]): Parsed<readonly ApiTokenOptions[]> {
    const lines: string[] = [];
    for (let i = 0; i < words.length; i += 3) lines.push(words.slice(i, i + 3).join(" "));
    return this.parse(lines);
  },
  toToml: (tokens: readonly ApiTokenOptions[]) =>
    tomlStrings(tokens.map(({ name, scope, sha256 }) => `${name} ${scope} ${sha256}`)),
});

/** One token. The line is not shown where it is wrong: it may have the token itself. */
function readToken(line: unknown): Parsed<ApiTokenOptions> {
  const words = typeof line === "string" ? line.trim().split(/\s+/).join(" ") : "";
  const [, name = "", word = "", sha256 = ""] = FORM.exec(words) ?? [];
  if (name === "") {
    return invalid("Expected a name, a scope and 64 hexadecimal digits", "srs token makes a line");
  }
  const scope = SCOPES.find((candidate) => candidate === word);
  if (scope === undefined) return invalid(`${show(word)} is not a scope: read, kick or admin`);
  return parsed(Object.freeze({ name, scope, sha256 }));
}
