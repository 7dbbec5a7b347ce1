/**
 * The number of worker threads: a count, or `"auto"` for one a core.
 *
 * @module
 */

import { count, type Parsed, parsed, tomlString, type ValueType } from "./value_type.ts";

const COUNT = count({ min: 1, max: 256 });

/** A count or `"auto"`. */
export const WORKERS: ValueType<number | "auto"> = Object.freeze({
  name: "count",
  range: `"auto", ${COUNT.range}`,
  parse(value: unknown): Parsed<number | "auto"> {
    return value === "auto" ? parsed(value) : COUNT.parse(value);
  },
  fromWords(words: readonly string[]): Parsed<number | "auto"> {
    const word = words.join(" ");
    return this.parse(/^\d+$/.test(word) ? Number(word) : word);
  },
  toToml: (value: number | "auto") => value === "auto" ? tomlString(value) : String(value),
});
