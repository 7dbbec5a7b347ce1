/**
 * Any text converts to a file that loads, or is refused with one problem.
 *
 * @module
 */

import fc from "fast-check";
import { shown } from "../../support/process/show.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { convertSrsConf } from "../../../config/srs_conf/convert_srs_conf.ts";
import { ConfigError } from "../../../config/problems/problem.ts";
import { SCHEMA } from "../../../config/schema/schema.ts";
import { UNSUPPORTED_KEYS } from "../../../config/schema/unsupported_keys.ts";
import { load } from "../support.ts";

const words = [...SCHEMA, ...UNSUPPORTED_KEYS].flatMap(({ path }) => path.split("."));
const NGINX = [
  "rtmp",
  "rtmp { server {",
  "server",
  "application",
  "allow",
  "deny",
  "on_done",
  "notify_method",
];
const token = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...new Set(words), ...NGINX, "vhost", "include", "__proto__", "http_stream"),
  },
  { weight: 3, arbitrary: fc.constantFrom(";", ";\n", " {\n", "}\n", " ", '"', "'", "#", "\t") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("on", "off", "1935", "8080", "0.5", "a.b.com", "http://a/", "full", "-1"),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
);

/** A file that keeps to the grammar, of words that the schema or SRS knows. */
const file = fc.letrec<{ block: string; directive: string }>((tie) => ({
  directive: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.tuple(
      fc.constantFrom(...new Set(words), "allow", "deny", "on_done", "ping"),
      fc.array(fc.constantFrom("on", "off", "5", "1935", "[::]:1935", "8080", "http://a/", "all", "play"), {
        maxLength: 3,
      }),
    )
      .map(([name, args]) => `${[name, ...args].join(" ")};\n`),
    fc.tuple(
      fc.constantFrom("vhost a", "vhost b", "rtmp", "server", "application a", ...new Set(words)),
      tie("block"),
    ).map(([name, inner]) => `${name} {\n${inner}}\n`),
  ),
  block: fc.array(tie("directive"), { maxLength: 6 }).map((parts) => parts.join("")),
})).block;

function convertsOrRefuses(text: string): void {
  let toml: string;
  try {
    ({ toml } = convertSrsConf(text));
  } catch (error) {
    assert(error instanceof ConfigError, String(error));
    assertEquals(error.problems.length, 1);
    return;
  }
  load(toml);
}

Deno.test("convertSrsConf() gives a file that loads, or one problem, for any text", () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 40 }).map((parts) => parts.join(" ")), convertsOrRefuses),
    { numRuns: shown(3000, 1000) },
  );
});

Deno.test("convertSrsConf() gives a file that loads, or one problem, for any text that keeps to the grammar", () => {
  fc.assert(
    fc.property(file, (text) => {
      if (text !== "") convertsOrRefuses(text);
    }),
    { numRuns: shown(3000, 600) },
  );
});

Deno.test("convertSrsConf() gives a file that loads for any file of nginx-rtmp", () => {
  fc.assert(
    fc.property(file, (text) => {
      load(convertSrsConf(`rtmp { server { application x { ${text} } ${text} } }`).toml);
    }),
    { numRuns: shown(1000, 300) },
  );
});
