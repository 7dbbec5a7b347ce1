/**
 * Addresses of another server that players are sent to: for each way to play at most one.
 *
 * @module
 */
import { invalid, type Parsed, parsed, tomlStrings, type ValueType } from "./value_type.ts";

const ADDRESS = /^(rtmps?|https?):\/\/(\[[\da-f:.]+\]|[a-z\d][a-z\d.-]*)(?::(\d{1,5}))?\/?$/i;
const WAY_OUT = 'write "rtmp://host:port" for players by RTMP, "https://host" for others';

/** One of RTMP, one of HTTP. */
export const REDIRECTS: ValueType<readonly string[]> = Object.freeze({
  name: "addresses",
  range: '"rtmp://edge2.example.com", "https://edge2.example.com:8443"',
  parse(value: unknown): Parsed<readonly string[]> {
    const found: string[] = [];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const text of values) {
      const [, scheme = "", host = "", port = ""] = typeof text === "string" ? ADDRESS.exec(text) ?? [] : [];
      if (host === "" || Number(port) > 65_535) return invalid("Expected addresses of a server", WAY_OUT);
      const isRtmp = /^rtmp/i.test(scheme);
      if (found.some((other) => other.startsWith("rtmp") === isRtmp)) {
        return invalid(`Two addresses for players by ${isRtmp ? "RTMP" : "HTTP"}`, "leave one out");
      }
      found.push(`${scheme}://${host}${port === "" ? "" : `:${port}`}`.toLowerCase());
    }
    return parsed(found);
  },
  fromWords(words: readonly string[]): Parsed<readonly string[]> {
    return this.parse(words);
  },
  toToml: tomlStrings,
});
