/**
 * Where recordings go, and of which streams they are.
 *
 * @module
 */

import { RECORD_PATH_VARIABLES } from "../../core/mod.ts";
import {
  invalid,
  NON_EMPTY_PATH,
  type Parsed,
  parsed,
  show,
  tomlString,
  tomlStrings,
  type ValueType,
} from "./value_type.ts";

const VARIABLE = /\[([^\]/]*)\]/g;
const MAX_STREAMS = 1000;

/** A path with variables. */
export const RECORD_PATH: ValueType<string> = Object.freeze({
  name: "path",
  range: "with variables, ending in .flv or .mp4, or a folder",
  parse(value: unknown): Parsed<string> {
    const text = NON_EMPTY_PATH.parse(value);
    if (!text.ok) return text;
    const path = text.value;
    const variables = Array.from(path.matchAll(VARIABLE), ([, name = ""]) => name);
    const unknown = variables.find((name) => !RECORD_PATH_VARIABLES.includes(name));
    if (unknown !== undefined) {
      const known = RECORD_PATH_VARIABLES.map((name) => `[${name}]`).join(" ");
      return invalid(`${show(path)} has [${unknown}], which is not a variable of a path`, `use ${known}`);
    }
    if (path.split("/").includes("..")) {
      return invalid(`${show(path)} has a part ..`, "name the folder itself");
    }
    const isFile = /\.[a-z0-9]{2,4}$/i.test(path);
    if (isFile && !/\.(?:flv|mp4)$/.test(path)) {
      return invalid(`${show(path)} ends in neither .flv nor .mp4`, "name one of them, or a folder");
    }
    return parsed(path);
  },
  fromWords(words: readonly string[]): Parsed<string> {
    return this.parse(words.join(" "));
  },
  toToml: tomlString,
});

/** `all`, or streams as `app/stream`; an array, or a text with blanks. */
export const RECORDED_STREAMS: ValueType<readonly string[]> = Object.freeze({
  name: "names",
  range: '"all", or streams as "app/stream"',
  parse(value: unknown): Parsed<readonly string[]> {
    const items: readonly unknown[] = typeof value === "string"
      ? value.split(/\s+/)
      : Array.isArray(value)
      ? value
      : [value];
    if (items.length > MAX_STREAMS) {
      return invalid(`Expected at most ${MAX_STREAMS} streams, found ${items.length}`);
    }
    const streams: string[] = [];
    for (const item of items) {
      const isStream = typeof item === "string" && (item === "all" || /^[^/\s]+(?:\/[^/\s]+)+$/.test(item));
      if (!isStream) return invalid(`${show(item)} is not a stream`, 'write "all" or "live/livestream"');
      streams.push(item);
    }
    return parsed(Object.freeze(streams));
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});
