/**
 * Access in the configuration: its kinds of values, what makes no sense together, and what SRS's own syntax becomes.
 *
 * @module
 */
import fc from "fast-check";
import { AddressRules } from "../../../stream/admission/access/address_rules.ts";
import { ADDRESS_RULES, APPS, HOSTS, KEYS, URL_SECRETS } from "../../../config/types/access_types.ts";
import { convertSrsConf } from "../../../config/srs_conf/convert_srs_conf.ts";
import { loadConfig } from "../../../config/build/load_config.ts";
import { printConfig } from "../../../config/print_config.ts";
import { ConfigError } from "../../../config/problems/problem.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "../../support/assert.ts";

const KEY = "0123456789abcdef";

function load(text: string, env: Record<string, string> = {}) {
  return loadConfig({ text, file: "srs.toml", env, version: "", serverId: "" });
}

Deno.test("ADDRESS_RULES reads SRS's words and writes them again", () => {
  const rules = ADDRESS_RULES.parse(["play all", "publish 10.0.0.0/8", " publish  2001:db8::1 "]);
  assert(rules.ok);
  assertEquals(rules.value[2], { action: "publish", from: "2001:db8::1" });
  assertEquals(
    ADDRESS_RULES.toToml(rules.value),
    '["play all", "publish 10.0.0.0/8", "publish 2001:db8::1"]',
  );
  assertEquals(ADDRESS_RULES.fromWords?.(["play", "all"]).ok, ADDRESS_RULES.parse("play all").ok);
});

const WRONG_RULES: readonly unknown[] = [
  ...["play", "watch all", "play 10.0.0.0/33", "play localhost", "play 10.0.0", "play all now", 7, [7]],
  Array(257).fill("play all"),
];
for (const wrong of WRONG_RULES) {
  Deno.test(`ADDRESS_RULES refuses ${JSON.stringify(wrong).slice(0, 40)}`, () => {
    assert(!ADDRESS_RULES.parse(wrong).ok);
  });
}

Deno.test("APPS takes names of apps and refuses what none can be", () => {
  assert(APPS.parse(["live", "live/inner", "über"]).ok);
  for (const wrong of ["", "a b", "a?b", "a\u0000", "x".repeat(257)]) assert(!APPS.parse([wrong]).ok);
});

Deno.test("HOSTS takes names and refuses addresses of pages", () => {
  assert(HOSTS.parse(["example.com", ".example.com", "tv"]).ok);
  for (const wrong of ["http://example.com", "example.com/", "", "a b"]) assert(!HOSTS.parse([wrong]).ok);
});

Deno.test("KEYS and URL_SECRETS refuse what is short, and what a URL cannot hold", () => {
  assert(KEYS.parse(["12345678"]).ok && URL_SECRETS.parse([KEY]).ok);
  for (const wrong of ["1234567", "with space", "a&b=cdefgh", ""]) {
    const parsed = KEYS.parse([wrong]);
    assert(!parsed.ok && (wrong === "" || !parsed.message.includes(wrong)));
  }
  assert(!URL_SECRETS.parse(["12345678"]).ok);
});

Deno.test("printConfig() masks keys and secrets", () => {
  const text = `[vhost.a.access]\npublish_keys = ["${KEY}"]\nurl_secrets = ["${KEY}x"]\nsigned_play = true\n`;
  const printed = printConfig(load(text).config);
  assert(!printed.includes(KEY));
  assertStringIncludes(printed, '# publish_keys = "***" # masked, srs.toml:2');
});

Deno.test("loadConfig() reads access, from the environment too", () => {
  const { config } = load('[vhost.__defaultVhost__.refer]\nenabled = true\nplay = ["tv.test"]\n', {
    SRS_VHOST_SECURITY_ENABLED: "on",
    SRS_VHOST_SECURITY_ALLOW: "play all publish 10.0.0.0/8",
  });
  const access = config.rtmp.vhosts.get("__defaultVhost__")?.access;
  assertEquals(access?.refer.play, ["tv.test"]);
  assertEquals(access?.security.allow.map(({ action, from }) => `${action} ${from}`), [
    "play all",
    "publish 10.0.0.0/8",
  ]);
});

Deno.test("loadConfig() refuses signatures without a secret", () => {
  const error = assertThrows(() => load("[vhost.a.access]\nsigned_play = true\n"), ConfigError);
  assertEquals(error.problems.map(({ line, path }) => [line, path]), [[2, "vhost.a.access.signed_play"]]);
});

Deno.test("loadConfig() names the variable of an access setting that makes no sense", () => {
  const name = "SRS_VHOST_ACCESS_SIGNED_PLAY";
  const error = assertThrows(() => load("[vhost.__defaultVhost__]\n", { [name]: "on" }), ConfigError);
  assertEquals(error.problems.map(({ line, path }) => [line, path]), [[undefined, name]]);
});

for (
  const [what, text, path] of [
    ["security without rules", "[vhost.a.security]\nenabled = true\n", "security.enabled"],
    ["rules that are off", '[vhost.a.security]\ndeny = ["play all"]\n', "security.deny"],
    ["a refer that is off", '[vhost.a.refer]\npublish = ["a.test"]\n', "refer.publish"],
    ["secrets that nothing wants", `[vhost.a.access]\nurl_secrets = ["${KEY}"]\n`, "access.url_secrets"],
  ] as const
) {
  Deno.test(`loadConfig() warns of ${what}`, () => {
    assertEquals(load(text).warnings.map((warning) => warning.path), [`vhost.a.${path}`]);
  });
}

Deno.test("convertSrsConf() joins repeated rules, and knows refer with and without a block", () => {
  const { toml, notes } = convertSrsConf(
    "vhost a { security { enabled on; allow play all; allow publish 10.0.0.0/8; deny play 10.0.0.1; } }" +
      " vhost b { refer github.com github.io; refer_play github.com; } vhost c { refer { enabled on; all x.test; } }",
  );
  const { vhosts } = load(toml).config.rtmp;
  assertEquals(notes, []);
  assertEquals(vhosts.get("a")?.access.security.allow.length, 2);
  assertEquals(vhosts.get("a")?.access.security.deny.length, 1);
  assertEquals(vhosts.get("b")?.access.refer, {
    enabled: true,
    all: ["github.com", "github.io"],
    publish: [],
    play: ["github.com"],
  });
  assertEquals(vhosts.get("c")?.access.refer.all, ["x.test"]);
});

Deno.test("ADDRESS_RULES takes no rule that the server would refuse at its start", () => {
  const part = fc.constantFrom(
    "10.0.0.1",
    "::ffff:10.0.0.1",
    "0:0:0:0:0:ffff:1.2.3.4",
    "::1",
    "fd00::",
    "::",
    "all",
    "1.2",
    "010.0.0.1",
  );
  const bits = fc.option(fc.integer({ min: -1, max: 130 }), { nil: undefined });
  fc.assert(
    fc.property(part, bits, (address, length) => {
      const from = length === undefined ? address : `${address}/${length}`;
      const rules = ADDRESS_RULES.parse([`play ${from}`]);
      if (rules.ok) new AddressRules({ enabled: true, allow: rules.value, deny: [] });
    }),
    { numRuns: 2000 },
  );
});
