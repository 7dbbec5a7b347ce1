/**
 * Every kind of value: what it takes, what it refuses and how it says so.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { duration, size } from "../../../config/types/duration_type.ts";
import { HEADERS, ON_ERROR, SECRETS } from "../../../config/types/hook_types.ts";
import { LISTEN } from "../../../config/types/listen_type.ts";
import { parseToml } from "../../../config/toml/parse_toml.ts";
import { SCHEMA } from "../../../config/schema/schema.ts";
import { HOOK_URLS, PROXY_URL } from "../../../config/types/url_type.ts";
import { choice, count, SWITCH, TEXT, type ValueType } from "../../../config/types/value_type.ts";
import { WORKERS } from "../../../config/types/workers_type.ts";

const SECRET = `whsec_${btoa("0123456789abcdef01234567")}`;
const MS = duration("ms", { minMs: 0, maxMs: 10_000 });
const S = duration("s", { minMs: 100 });
const BYTES = size({ min: 10, max: 1024 ** 3 });
const ANY = (host: string, port: number) => ({ hostname: host, port });

interface Case {
  readonly name: string;
  readonly type: ValueType<unknown>;
  readonly good: readonly (readonly [unknown, unknown])[];
  /** The value, and a part of the message. */
  readonly bad: readonly (readonly [unknown, string])[];
}

const CASES: readonly Case[] = [
  {
    name: "switch",
    type: SWITCH,
    good: [[true, true], [false, false], ["on", true], ["off", false]],
    bad: [["true", '"on"'], ["yes", '"yes"'], [1, "1"], [[], "[]"], [new Date(0), "a date"]],
  },
  {
    name: "choice",
    type: choice(["full", "zero"]),
    good: [["full", "full"]],
    bad: [["Full", '"full", "zero"'], [1, "1"]],
  },
  {
    name: "count",
    type: count({ min: 128, max: 65_536 }),
    good: [[128, 128], [65_536, 65_536]],
    bad: [[127, "128 to 65,536"], [65_537, "out of range"], ["128", '"128"'], [1.5, "whole"], [
      Infinity,
      "Infinity",
    ]],
  },
  {
    name: "duration in ms",
    type: MS,
    good: [[350, 350], ["350ms", 350], ["5s", 5000], ["0.5 s", 500], [0, 0]],
    bad: [
      ["350", "350ms"],
      ["5x", "5x"],
      [-1, "out of range"],
      ["1h", "out of range"],
      [0.1, "out of range"],
      [NaN, "NaN"],
    ],
  },
  {
    name: "duration in s",
    type: S,
    good: [[5, 5000], [0.1, 100], ["350ms", 350], ["10m", 600_000], ["10min", 600_000], ["1h", 3_600_000], [
      "2d",
      172_800_000,
    ]],
    bad: [[0.05, "0.1 to"], [0, "out of range"], [true, "true"], ["1d 2h", "1d 2h"], ["1e3s", "1e3s"]],
  },
  {
    name: "size",
    type: BYTES,
    good: [[10, 10], ["10B", 10], ["64KiB", 65_536], ["1GiB", 1024 ** 3], ["1.5KiB", 1536]],
    bad: [["64KB", "64KB"], [9, "out of range"], ["2GiB", "out of range"]],
  },
  {
    name: "listen",
    type: LISTEN,
    good: [
      [1935, [ANY("0.0.0.0", 1935)]],
      ["1935", [ANY("0.0.0.0", 1935)]],
      [":1935", [ANY("0.0.0.0", 1935)]],
      ["*:1935", [ANY("0.0.0.0", 1935)]],
      ["127.0.0.1:19350", [ANY("127.0.0.1", 19350)]],
      ["localhost:0", [ANY("localhost", 0)]],
      ["1935 [::1]:19350", [ANY("0.0.0.0", 1935), ANY("::1", 19350)]],
      [[1935, "127.0.0.1:1 [::]:1936"], [ANY("0.0.0.0", 1935), ANY("127.0.0.1", 1), ANY("::", 1936)]],
      ["[::1]:1935 1935", [ANY("::1", 1935), ANY("0.0.0.0", 1935)]],
    ],
    bad: [
      [-1, "-1"],
      [65_536, "65536"],
      ["", '""'],
      [[], "[]"],
      ["1.2:80", "1.2:80"],
      ["256.0.0.1:80", "256"],
      ["::1:1935", "::1"],
      ["[::g]:80", "[::g]"],
      ["[1]:80", "[1]"],
      ["127.0.0.1", "127.0.0.1"],
      [[1935, 1935], "twice"],
      ["1935 [::]:1935", "[::]:1935 takes IPv4 too"],
      ["[::]:1935 127.0.0.1:1935", "[::]:1935 takes IPv4 too"],
      ["[::]:1935 [::1]:1935", "twice"],
      ["[0:0::0]:1935 1935", "takes IPv4 too"],
      ["[::1]:1935 [0:0:0:0:0:0:0:1]:1935", "twice"],
      ["[::ffff:127.0.0.1]:1935 127.0.0.1:1935", "twice"],
      ["localhost:1935 127.0.0.1:1935", "twice"],
      ["[fe80::1]:1935", "[fe80::1]"],
      ["127.0.0.010:1935", "010"],
      [[1935, [1936]], "1936"],
      [Array.from({ length: 65 }, (_, index) => index + 1), "65"],
    ],
  },
  {
    name: "hook URLs",
    type: HOOK_URLS,
    good: [
      ["", []],
      [[], []],
      ["http://a/ https://b:8443/c", ["http://a/", "https://b:8443/c"]],
      [["http://a/  http://b/", "http://[::1]:8085/x?y"], [
        "http://a/",
        "http://b/",
        "http://[::1]:8085/x?y",
      ]],
    ],
    bad: [
      ["ftp://a/", "only http and https"],
      ["a", '"a"'],
      ["http://a:6000/", "fetch blocks port 6000"],
      ["http://a:10080/", "fetch blocks port 10080"],
      ["http://user:pw@a/", "***@a"],
      ["http://a/ http://a/", "twice"],
      ["http://a:99999/", "99999"],
      [5, "5"],
      [["http://a/", 5], "5"],
      [Array.from({ length: 17 }, (_, index) => `http://a/${index}`), "17"],
      [`http://a/${"x".repeat(3000)}`, "Cannot read"],
    ],
  },
  {
    name: "proxy",
    type: PROXY_URL,
    good: [["", ""], ["http://u:p@proxy:3128", "http://u:p@proxy:3128"]],
    bad: [["socks5://a:1", "http or https"], ["proxy:3128", "http or https"], ["http://", "Cannot read"], [
      1,
      "1",
    ]],
  },
  {
    name: "secrets",
    type: SECRETS,
    good: [[[], []], [SECRET, [SECRET]], [[SECRET, SECRET], [SECRET, SECRET]]],
    bad: [
      ["topsecret", "whsec_"],
      [`whsec_${btoa("short")}`, "5 bytes"],
      [`whsec_${btoa("x".repeat(65))}`, "65 bytes"],
      ["whsec_!!!!", "base64"],
      ["whsec_AAAAA", "base64"],
      [[SECRET, 5], "Secret 2 of 2"],
      [Array(9).fill(SECRET), "9"],
    ],
  },
  {
    name: "headers",
    type: HEADERS,
    good: [[{}, {}], [{ "X-A": "b" }, { "X-A": "b" }], [{ "Content-Type": "text/json" }, {
      "Content-Type": "text/json",
    }]],
    bad: [
      ["X: y", "table"],
      [{ "X A": "b" }, "X A"],
      [{ X: "a\r\nY: b" }, "one line"],
      [{ X: 5 }, "X"],
      [{ Host: "a" }, "own"],
      [{ "Webhook-Id": "a" }, "own"],
      [{ x: "a", X: "b" }, "twice"],
      [Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`x${index}`, ""])), "33"],
    ],
  },
  {
    name: "on_error",
    type: ON_ERROR,
    good: [
      ["last", { default: "last" }],
      [{ on_play: "allow" }, { default: "deny", on_play: "allow" }],
      [{ default: "allow", on_connect: "deny" }, { default: "allow", on_connect: "deny" }],
    ],
    bad: [["maybe", "maybe"], [{ on_close: "deny" }, "on_close"], [{ on_play: "maybe" }, "maybe"], [1, "1"]],
  },
  {
    name: "text",
    type: TEXT,
    good: [["", ""], ["ä b", "ä b"]],
    bad: [["a\nb", "Control"], [5, "5"], ["x".repeat(5000), "5000"]],
  },
  {
    name: "workers",
    type: WORKERS,
    good: [["auto", "auto"], [4, 4]],
    bad: [[0, "0"], ["all", "all"], [257, "257"]],
  },
];

/** A value written as TOML, read again. */
function readBack(toml: string): unknown {
  return parseToml(`value = ${toml}`).values["value"];
}

for (const { name, type, good, bad } of CASES) {
  for (const [value, expected] of good) {
    Deno.test(`${name} takes ${JSON.stringify(value)} and writes it back`, () => {
      const parsed = type.parse(value);
      assert(parsed.ok, JSON.stringify(parsed));
      assertEquals<unknown>(parsed.value, expected);
      const again = type.parse(readBack(type.toToml(parsed.value)));
      assert(again.ok, JSON.stringify(again));
      assertEquals<unknown>(again.value, expected);
    });
  }
  for (const [index, [value, part]] of bad.entries()) {
    Deno.test(`${name} refuses value ${index + 1} of the table, and says why`, () => {
      const parsed = type.parse(value);
      assert(!parsed.ok);
      assertStringIncludes(parsed.message, part);
      assert(parsed.message.length < 300 && !parsed.message.includes("\n"), parsed.message);
    });
  }
}

Deno.test("SECRETS never shows a secret", () => {
  for (const bad of [[`whsec_${btoa("tiny-secret")}`], ["plain-secret"]]) {
    const parsed = SECRETS.parse(bad);
    assert(!parsed.ok);
    assert(
      !parsed.message.includes('secret"') && !parsed.message.includes(btoa("tiny-secret")),
      parsed.message,
    );
  }
  assertEquals(SECRETS.mask?.([SECRET]), '"whsec_***"');
});

Deno.test("HOOK_URLS masks secrets of a query", () => {
  assertEquals(
    HOOK_URLS.mask?.(["http://a/?token=abc&x=1", "http://b/"]),
    '["http://a/?token=***&x=1", "http://b/"]',
  );
  assertEquals(HOOK_URLS.mask?.(["http://b/"]), undefined);
});

for (const { scope, path, type, default: defaultValue, example } of SCHEMA) {
  Deno.test(`${scope} key ${path} takes its default and its example back from TOML`, () => {
    const parsed = type.parse(readBack(type.toToml(defaultValue)));
    assert(parsed.ok, JSON.stringify(parsed));
    assertEquals<unknown>(parsed.value, defaultValue);
    if (example !== undefined) assert(type.parse(readBack(example)).ok, example);
  });
}

/** One of each type of TOML, and shapes that a key may expect inside of a list or a table. */
const ODD_VALUES = [
  "{}",
  "{ a = {} }",
  "[]",
  "[{}]",
  "[[]]",
  "[[{}]]",
  "inf",
  "nan",
  "-1",
  "1.5",
  "true",
  '""',
  '"\\u0000"',
  "1979-05-27",
  '[1, ""]',
];

for (const { scope, path, type } of SCHEMA) {
  Deno.test(`${scope} key ${path} takes or refuses any value of TOML, and throws for none`, () => {
    for (const value of ODD_VALUES) {
      const parsed = type.parse(readBack(value));
      assert(parsed.ok || parsed.message !== "", value);
    }
  });
}
