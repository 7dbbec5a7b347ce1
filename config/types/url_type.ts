/**
 * Addresses of the operator's service: checked at start for what `fetch` would refuse at run time.
 *
 * @module
 */

import { invalid, type Parsed, parsed, show, tomlString, tomlStrings, type ValueType } from "./value_type.ts";

/** More addresses for one event than this are a mistake in the file. */
const MAX_URLS = 16;
const MAX_URL_LENGTH = 2048;

/** "Port blocking" of the Fetch standard: a call to one of these fails always. */
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  ...[
    0,
    1,
    7,
    9,
    11,
    13,
    15,
    17,
    19,
    20,
    21,
    22,
    23,
    25,
    37,
    42,
    43,
    53,
    69,
    77,
    79,
    87,
    95,
    101,
    102,
    103,
    104,
  ],
  ...[
    109,
    110,
    111,
    113,
    115,
    117,
    119,
    123,
    135,
    137,
    139,
    143,
    161,
    179,
    389,
    427,
    465,
    512,
    513,
    514,
    515,
    526,
  ],
  ...[
    530,
    531,
    532,
    540,
    548,
    554,
    556,
    563,
    587,
    601,
    636,
    989,
    990,
    993,
    995,
    1719,
    1720,
    1723,
    2049,
    3659,
  ],
  ...[4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
]);

/** A parameter whose value is a secret. */
const SECRET_PARAMETER = /([?&][^=&#]*(?:token|key|secret|sign|pass|auth)[^=&#]*=)[^&#]*/gi;

/** Any number of http and https URLs: an array, or one string split by blanks. */
export const HOOK_URLS: ValueType<readonly string[]> = Object.freeze({
  name: "URLs",
  range: "http, https",
  parse(value: unknown): Parsed<readonly string[]> {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const urls: string[] = [];
    for (const item of items) {
      if (typeof item !== "string") return invalid(`Expected a URL in quotes, found ${show(item)}`);
      for (const word of item.split(/[ \t\r\n]+/)) {
        if (word === "") continue;
        const problem = hookUrlProblem(word);
        if (problem !== undefined) return problem;
        if (urls.includes(word)) return invalid(`${showUrl(word)} is listed twice`);
        urls.push(word);
      }
    }
    if (urls.length > MAX_URLS) return invalid(`${urls.length} URLs are more than ${MAX_URLS}`);
    return parsed(Object.freeze(urls));
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
  mask(urls: readonly string[]): string | undefined {
    const masked = urls.map(maskUrl);
    return masked.join(" ") === urls.join(" ") ? undefined : tomlStrings(masked);
  },
});

/** One http or https URL of a proxy, `""` for none; it may carry a user and a password. */
export const PROXY_URL: ValueType<string> = Object.freeze({
  name: "URL",
  range: "http, https",
  parse(value: unknown): Parsed<string> {
    if (typeof value !== "string") return invalid(`Expected a URL in quotes, found ${show(value)}`);
    if (value === "") return parsed(value);
    const url = URL.parse(value);
    if (url === null || value.length > MAX_URL_LENGTH || /\s/.test(value)) {
      return invalid(`Cannot read the URL ${showUrl(value)}`, "http://host:port");
    }
    if (!isHttp(url)) return invalid(`Cannot use ${showUrl(value)} as a proxy: it must be http or https`);
    return parsed(value);
  },
  fromWords(words: readonly string[]): Parsed<string> {
    return this.parse(words.join(" "));
  },
  toToml: tomlString,
  mask(value: string): string | undefined {
    const masked = maskUrl(value);
    return masked === value ? undefined : tomlString(masked);
  },
});

function hookUrlProblem(text: string): Parsed<readonly string[]> | undefined {
  const url = URL.parse(text);
  if (url === null || text.length > MAX_URL_LENGTH) {
    const meant = URL.canParse(`http://${text}`) && !text.includes("://")
      ? `write http://${text}`
      : undefined;
    return invalid(`Cannot read the URL ${showUrl(text)}`, meant);
  }
  if (!isHttp(url)) return invalid(`Cannot call ${showUrl(text)}: only http and https`);
  if (url.username !== "" || url.password !== "") {
    return invalid(
      `Cannot call ${showUrl(text)}: a URL with a user and password is refused by fetch`,
      'use headers = { Authorization = "Basic ..." }',
    );
  }
  const port = url.port === "" ? undefined : Number(url.port);
  if (port !== undefined && BLOCKED_PORTS.has(port)) {
    return invalid(`Cannot call ${showUrl(text)}: fetch blocks port ${port}`, "choose another port");
  }
  return undefined;
}

function isHttp(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

function showUrl(text: string): string {
  return show(maskUrl(text));
}

function maskUrl(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, "$1***@").replace(SECRET_PARAMETER, "$1***");
}
