/**
 * Paths of HLS files below `hls_path`, such as `[app]/[stream]-[seq].ts`.
 *
 * @module
 */

import { invalid, type Parsed, parsed, show, tomlString, type ValueType } from "./value_type.ts";

const MAX_LENGTH = 256;
const VARIABLE = /\[[^\]]*\]/g;
const OF_STREAM: readonly string[] = ["[vhost]", "[app]", "[stream]"];
const OF_SEGMENT: readonly string[] = [
  ...OF_STREAM,
  ...["[2006]", "[01]", "[02]", "[15]", "[04]", "[05]", "[999]", "[timestamp]", "[seq]", "[duration]"],
];

/** Of playlists. */
export const PLAYLIST_PATTERN: ValueType<string> = patternType(
  "with [stream], and [vhost] and [app], ending in .m3u8",
  (path, variables) => {
    const unknown = variables.find((variable) => !OF_STREAM.includes(variable));
    if (unknown !== undefined) return `has ${unknown}, which a playlist cannot have`;
    return path.endsWith(".m3u8") ? undefined : "must end in .m3u8";
  },
);

/** Of segments. */
export const SEGMENT_PATTERN: ValueType<string> = patternType(
  "with [stream], and [seq] or [timestamp], ending in .ts or .m4s",
  (path, variables) => {
    const unknown = variables.find((variable) => !OF_SEGMENT.includes(variable));
    if (unknown !== undefined) return `has ${unknown}, which is not a variable`;
    if (!variables.includes("[seq]") && !variables.includes("[timestamp]")) {
      return "must have [seq] or [timestamp]: segments would have one name";
    }
    return /\.(?:ts|m4s)$/.test(path) ? undefined : "must end in .ts or .m4s";
  },
);

function patternType(
  range: string,
  faultOf: (path: string, variables: readonly string[]) => string | undefined,
): ValueType<string> {
  return Object.freeze({
    name: "path",
    range,
    parse(value: unknown): Parsed<string> {
      if (typeof value !== "string") return invalid(`Expected a path in quotes, found ${show(value)}`);
      const variables: readonly string[] = value.match(VARIABLE) ?? [];
      const fault = commonFault(value, variables) ?? faultOf(value, variables);
      return fault === undefined ? parsed(value) : invalid(`${show(value)} ${fault}`);
    },
    fromWords(words: readonly string[]): Parsed<string> {
      return this.parse(words.join(" "));
    },
    toToml: tomlString,
  });
}

function commonFault(path: string, variables: readonly string[]): string | undefined {
  if (path.length > MAX_LENGTH || /[\\\p{Cc}]/u.test(path)) return "cannot be the path of a file";
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    return "must be a path below hls_path, without empty parts, . and ..";
  }
  return variables.includes("[stream]") ? undefined : "must have [stream]: streams would have one file";
}
