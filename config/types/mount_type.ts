/**
 * Paths of streams by HTTP, such as `[vhost]/[app]/[stream].flv`: one, or an array.
 *
 * @module
 */

import { invalid, type Parsed, parsed, show, tomlStrings, type ValueType } from "./value_type.ts";

const MAX_MOUNTS = 16;
const MAX_LENGTH = 256;
const EXAMPLE = "[vhost]/[app]/[stream].flv";
const EXTENSIONS = [".flv", ".ts", ".mp3", ".aac"];
const VARIABLE = /\[[^\]]*\]/g;

/** One path or several. */
export const MOUNTS: ValueType<readonly string[]> = Object.freeze({
  name: "paths",
  range: "with [app] and [stream], ending in .flv, .ts, .mp3 or .aac",
  parse(value: unknown): Parsed<readonly string[]> {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (items.length === 0 || items.length > MAX_MOUNTS) {
      return invalid(`Expected 1 to ${MAX_MOUNTS} paths, found ${items.length}`, `write "${EXAMPLE}"`);
    }
    const paths: string[] = [];
    for (const item of items) {
      if (typeof item !== "string") return invalid(`Expected a path in quotes, found ${show(item)}`);
      const fault = faultOf(item);
      if (fault !== undefined) return invalid(`${show(item)} ${fault}`, `write "${EXAMPLE}"`);
      paths.push(item);
    }
    return parsed(Object.freeze(paths));
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});

function faultOf(path: string): string | undefined {
  const variables: readonly string[] = path.match(VARIABLE) ?? [];
  const unknown = variables.find((variable) => !["[vhost]", "[app]", "[stream]"].includes(variable));
  if (unknown !== undefined) return `has ${unknown}, which is not a variable of a mount`;
  if (!isOnce(variables, "[app]") || !isOnce(variables, "[stream]")) {
    return "must have [app] and [stream], each once";
  }
  if (path.indexOf("[vhost]") > 0 && !/^\/?\[vhost\]\//.test(path)) {
    return "may have [vhost] at its beginning alone";
  }
  if (!EXTENSIONS.some((extension) => path.endsWith(extension))) {
    return "must end in .flv, .ts, .mp3 or .aac: no other format is served";
  }
  if (path.length > MAX_LENGTH || /[\s?#%\\]|\/\/|\p{Cc}/u.test(path)) return "cannot be the path of a URL";
  return undefined;
}

function isOnce(variables: readonly string[], variable: string): boolean {
  return variables.filter((other) => other === variable).length === 1;
}
