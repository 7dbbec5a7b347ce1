/**
 * Streams that are taken from other servers: an array of tables.
 *
 * @module
 */

import type { PullOptions } from "../../stream/admission/options.ts";
import { invalid, type Parsed, parsed, show, tomlString, type ValueType } from "./value_type.ts";

/** More of them are added by the API. */
const MAX_PULLS = 1000;
const MAX_URL = 2000;
const URL_FORM =
  /^(?:rtmps?:\/\/[^\s/?#@]+\/[^\s?#]+\/[^\s/?#]+(?:\?[^\s#]*)?|https?:\/\/[^\s/?#]+\/[^\s#]+)$/i;
const NAME_FORM = /^[^\s\p{Cc}?#]+$/u;
const KEYS = ["url", "app", "stream", "on_demand"];
const EXAMPLE = '{ url = "rtmp://10.0.0.7/live/cam", app = "live", stream = "cam" }';

/** Each with `url`, `app`, `stream` and perhaps `on_demand`. */
export const PULLS: ValueType<readonly PullOptions[]> = Object.freeze({
  name: "tables",
  range: "url, app, stream, on_demand",
  parse(value: unknown): Parsed<readonly PullOptions[]> {
    if (!Array.isArray(value)) return invalid("Expected an array of tables", `write [${EXAMPLE}]`);
    if (value.length > MAX_PULLS) return invalid(`${value.length} entries are more than ${MAX_PULLS}`);
    const pulls: PullOptions[] = [];
    for (const [index, each] of value.entries()) {
      const pull = readPull(each);
      if (!pull.ok) return invalid(`Pull ${index + 1}: ${pull.message}`, pull.suggestion);
      const { app, stream } = pull.value;
      if (pulls.some((other) => other.app === app && other.stream === stream)) {
        return invalid(`${show(`${app}/${stream}`)} is named twice`, "a stream comes from one place");
      }
      pulls.push(pull.value);
    }
    return parsed(Object.freeze(pulls));
  },
  toToml: (pulls: readonly PullOptions[]) => tomlTables(pulls),
  mask(pulls: readonly PullOptions[]): string | undefined {
    const masked = pulls.map((pull) => ({ ...pull, url: withoutSecrets(pull.url) }));
    return masked.every(({ url }, index) => url === pulls[index]?.url) ? undefined : tomlTables(masked);
  },
});

function readPull(value: unknown): Parsed<PullOptions> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) {
    return invalid(`Expected a table, found ${show(value)}`, `write ${EXAMPLE}`);
  }
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return invalid(`${show(unknown)} is not a key of a pull`, KEYS.join(", "));
  const { url, app, stream, on_demand: isOnDemand = false }: Readonly<Record<string, unknown>> = { ...value };
  const missing = KEYS.slice(0, 3).find((key) => !(key in value));
  if (missing !== undefined) return invalid(`${missing} is missing`, `write ${EXAMPLE}`);
  // The address itself is not shown: it may hold a secret.
  if (typeof url !== "string" || url.length > MAX_URL || !URL_FORM.test(url)) {
    return invalid(
      "url is not the address of a stream",
      'such as "rtmp://host/app/stream" or "http://host/name.flv"',
    );
  }
  if (typeof app !== "string" || !NAME_FORM.test(app)) {
    return invalid(`app is ${show(app)}`, `write ${EXAMPLE}`);
  }
  if (typeof stream !== "string" || !NAME_FORM.test(stream) || stream.includes("/")) {
    return invalid(`stream is ${show(stream)}`, `write ${EXAMPLE}`);
  }
  if (typeof isOnDemand !== "boolean") return invalid(`on_demand is ${show(isOnDemand)}`, "true or false");
  return parsed(Object.freeze({ url, app, stream, isOnDemand }));
}

function tomlTables(pulls: readonly PullOptions[]): string {
  const tables = pulls.map(({ url, app, stream, isOnDemand }) =>
    `{ url = ${tomlString(url)}, app = ${tomlString(app)}, stream = ${
      tomlString(stream)
    }, on_demand = ${isOnDemand} }`
  );
  return `[${tables.join(", ")}]`;
}

/** Without parameters and credentials, which may be keys. */
function withoutSecrets(url: string): string {
  return url.replace(/\?.*$/, "?***").replace(/^(https?:\/\/)[^/@]*@/i, "$1***@");
}
