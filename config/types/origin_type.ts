/**
 * Origins of pages, such as `https://tv.example.com`: one, or an array. A name that begins with `*.` stands for all
 * names below it.
 *
 * @module
 */

import { invalid, type Parsed, parsed, show, tomlStrings, type ValueType } from "./value_type.ts";

const MAX_ORIGINS = 256;
const ORIGIN = /^https?:\/\/(?:\*\.)?(?:\[[\da-f:.]+\]|[a-z\d.-]+)(?::\d{1,5})?$/;

/** One origin or several; none is an empty array. */
export const ORIGINS: ValueType<readonly string[]> = Object.freeze({
  name: "origins",
  range: '"https://tv.example.com", "https://*.example.com"',
  parse(value: unknown): Parsed<readonly string[]> {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (items.length > MAX_ORIGINS) return invalid(`${items.length} origins are more than ${MAX_ORIGINS}`);
    const origins: string[] = [];
    for (const item of items) {
      const origin = typeof item === "string" ? item.toLowerCase().replace(/\/$/, "") : "";
      if (!ORIGIN.test(origin)) {
        return invalid(`Expected an origin, found ${show(item)}`, 'write "https://tv.example.com"');
      }
      origins.push(origin);
    }
    return parsed(Object.freeze(origins));
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});
