/**
 * What `srs config print` shows: everything in force, where it came from, and no secret.
 *
 * @module
 */

import fc from "fast-check";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { printConfig } from "../../config/print_config.ts";
import { nameOf, SCHEMA } from "../../config/schema/schema.ts";
import { load, valuesOf } from "./support.ts";

const SECRET = `whsec_${btoa("0123456789abcdef01234567")}`;

Deno.test("printConfig() shows every key with its origin", () => {
  const { config } = load('listen = 1935\n\nchunk_size = 4096\n[vhost."a.b"]\nmin_latency = true', {
    env: { SRS_MAX_CONNECTIONS: "7" },
  });
  const text = printConfig(config);
  for (const key of SCHEMA) {
    assert(text.includes(`\n${nameOf(key)} = `) || text.startsWith(nameOf(key)), key.path);
  }
  assertStringIncludes(text, "listen = 1935 # srs.toml:1\n");
  assertStringIncludes(text, "max_connections = 7 # SRS_MAX_CONNECTIONS\n");
  assertStringIncludes(text, 'pid = "" # default\n');
  assertStringIncludes(
    text,
    '[vhost."a.b"]\nenabled = true # default\nchunk_size = 4096 # default, the root\'s\n',
  );
  assertStringIncludes(text, "min_latency = true # srs.toml:5\n");
});

Deno.test("printConfig() masks secrets and comments them out", () => {
  const { config } = load(`[vhost.a.http_hooks]
enabled = true
on_play = "http://127.0.0.1/x?token=topsecret"
secrets = ["${SECRET}"]
headers = { Authorization = "Bearer topsecret" }
proxy = "http://user:topsecret@proxy:3128"
`);
  const text = printConfig(config);
  assert(!text.includes("topsecret") && !text.includes(SECRET), text);
  assertStringIncludes(text, '# on_play = "http://127.0.0.1/x?token=***" # masked, srs.toml:3\n');
  assertStringIncludes(text, '# secrets = "whsec_***" # masked, srs.toml:4\n');
  assertStringIncludes(text, '# headers = { "Authorization" = "***" } # masked, srs.toml:5\n');
  assertStringIncludes(text, '# proxy = "http://***@proxy:3128" # masked, srs.toml:6\n');
  load(text);
});

Deno.test("printConfig() cannot be broken by a file's name", () => {
  const { config } = load("listen = 1", { file: "x\ny = 1" });
  assertEquals(valuesOf(load(printConfig(config)).config), valuesOf(config));
});

/** Values that differ from the default, by key; what is missing keeps its default. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  listen: ["0", '"[::1]:1"', '[1, "127.0.0.1:2"]'],
  chunk_size: ["128", "65536"],
  work_dir: ['"/tmp/é \\"x\\" \\\\ #"'],
  grace_final_wait: ["0", '"1.5s"', "1"],
  workers: ['"auto"', "4"],
  srs_log_tank: ['"file"'],
  "limits.handshake_timeout": ["0.123", '"100ms"'],
  "limits.max_partial_bytes": ['"1.5MiB"', "65536"],
  "hooks.outbox.path": ['""'],
  "play.queue_length": ["0.1", "7"],
  "play.mw_latency": ["0", '"1s"'],
  "publish.takeover": ['"never"', '"same_ip"'],
  "http_hooks.enabled": ["true"],
  "http_hooks.on_connect": ['"http://a/ http://b/"', '["https://[::1]:8443/é?x=%20"]'],
  "http_hooks.on_error": ['"last"', '{ on_play = "allow" }', '{ default = "allow", on_connect = "deny" }'],
  "http_hooks.payload": ['"1.0"'],
};

Deno.test("printConfig() gives text that loads to the same configuration", () => {
  const keys = SCHEMA.filter((key) => Object.hasOwn(VALUES, key.path));
  const choices = fc.record(
    Object.fromEntries(
      keys.map((key) => [`${key.scope} ${key.path}`, fc.constantFrom(...(VALUES[key.path] ?? []))]),
    ),
    { requiredKeys: [] },
  );
  const vhosts = fc.uniqueArray(fc.constantFrom("__defaultVhost__", "a", "video.test.com", "ü", '"q"'));
  fc.assert(fc.property(choices, vhosts, (chosen, vhosts) => {
    const lines = (scope: string, base: string) =>
      Object.entries(chosen).filter(([key]) => key.startsWith(scope)).map(([key, toml]) =>
        `${base}${key.slice(scope.length + 1)} = ${toml}`
      );
    const text = [
      ...lines("root", ""),
      ...vhosts.flatMap((name) => [`[vhost.${JSON.stringify(name)}]`, ...lines("vhost", "")]),
    ].join("\n");
    const { config } = load(text);
    const again = load(printConfig(config)).config;
    assertEquals(valuesOf(again), valuesOf(config), text);
    assertEquals(again.settings.map(({ toml }) => toml), config.settings.map(({ toml }) => toml));
  }));
});
