/**
 * What an operator reads about text that breaks TOML's grammar.
 *
 * @module
 */

import { parseToml } from "../../../config/toml/parse_toml.ts";
import { assertEquals } from "../../support/assert.ts";
import { problemsIn } from "../support.ts";

const EXPLAINED = [
  { text: "a = 1\n[b]\na = 2\na = 3", problem: 'line 4: Repeated key "b.a": it is already on line 3' },
  { text: "[a]\n[b]\n[ a ]", problem: "line 3: Repeated table [a]: it is already on line 1" },
  { text: "a = { b = 1, b = 2 }", problem: 'line 1: Repeated key "b"' },
  { text: "a = on", problem: 'line 1: Cannot read the value of "a": "on"; text needs quotes: "..."' },
  { text: "a = [on]", problem: 'line 1: Cannot read a value, found "on]"; text needs quotes: "..."' },
  {
    text: "listen 1935;",
    problem:
      'line 1: Expected = after key "listen"; a file in SRS\'s own syntax becomes TOML by: srs config convert FILE',
  },
  { text: "\na = \n\nb = 1", problem: 'line 2: Key "a" has no value' },
  { text: "a = [\n1,\n]\nb = [2,\n3\n", problem: "line 4: The array that starts here is never closed" },
  { text: 'a = """\n1"""\nb = """2\n3\n', problem: "line 3: The string that starts here is never closed" },
  {
    text: 'a = "C:\\q"',
    problem: "line 1: Unknown escape in a string; use '...' for text with backslashes",
  },
  { text: "[a\n", problem: 'line 1: Header "[a" is not closed with ]' },
  { text: "a = 1\n\n[b\n", problem: 'line 3: Header "[b" is not closed with ]' },
  {
    text: `a = ${"x".repeat(40)}`,
    problem: `line 1: Cannot read the value of "a": "${"x".repeat(40)}"; text needs quotes: "..."`,
  },
  {
    text: `a = ${"x".repeat(41)}`,
    problem: `line 1: Cannot read the value of "a": "${"x".repeat(40)}..."; text needs quotes: "..."`,
  },
  { text: "[a] = 1", problem: 'line 1: Expected the end of the line, found "= 1"' },
  {
    text: `a = ${"[".repeat(34)}${"]".repeat(34)}`,
    problem: "line 1: Values are nested deeper than 32 levels",
  },
  {
    text: `\na = ${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    problem: "line 2: Values are nested too deeply",
  },
];
for (const { text, problem } of EXPLAINED) {
  Deno.test(`parseToml() explains ${JSON.stringify(text.slice(0, 40))}`, () => {
    assertEquals(problemsIn(() => parseToml(text)), [problem]);
  });
}

const WITH_SECRETS = [
  "publish_keys = TOPSECRET",
  "url_secrets = [TOPSECRET]",
  'publish_keys = ["a" "TOPSECRET"]',
  'publish_keys = [\n"a"\n"TOPSECRET"\n]',
  "publish_keys = [\n'a'\n'TOPSECRET'\n]",
  "headers = { Authorization = TOPSECRET }",
  'headers = { Authorization = "a" "TOPSECRET" }',
  'headers.x = "a" TOPSECRET',
  'secrets = "whsec_a" whsec_TOPSECRET',
  'secrets = "whsec_TOPSECRET',
  "proxy = http://u:TOPSECRET@h",
  'publish_keys "TOPSECRET"',
  'publish_keys: "TOPSECRET"',
];
for (const text of WITH_SECRETS) {
  Deno.test(`parseToml() explains ${JSON.stringify(text)} without its secret`, () => {
    const problems = problemsIn(() => parseToml(text));
    assertEquals([problems.length, problems.join().includes("TOPSECRET")], [1, false], problems.join());
  });
}
