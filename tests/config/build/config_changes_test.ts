/**
 * What a new configuration changes, and what stays until a restart.
 *
 * @module
 */
import { configChanges } from "../../../config/build/config_changes.ts";
import { keepUntilRestart } from "../../../config/build/keep_until_restart.ts";
import type { Config } from "../../../config/config.ts";
import { SCHEMA } from "../../../config/schema/schema.ts";
import { assertEquals } from "../../support/assert.ts";
import { load, VHOST } from "../support.ts";

const SECRETS = ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4"].map((text) =>
  `whsec_${text}`
);

function config(text: string, files: Readonly<Record<string, string>> = {}): Config {
  return load(text, { readFile: (path) => files[path] ?? "" }).config;
}

Deno.test("configChanges() has nothing to say of one text, however it is written", () => {
  assertEquals(configChanges(config("listen = 1935"), config("# A comment\nlisten = [1935]")), []);
});

Deno.test("configChanges() names keys by their path, in the order of the schema, with secrets masked", () => {
  const hooks = (secret: string) => `[vhost."a.b".http_hooks]\nsecrets = "${secret}"\n`;
  const before = config(`max_connections = 5\n${hooks(SECRETS[0] ?? "")}`);
  const after = config(`[vhost."a.b".play]\nqueue_length = "5s"\n${hooks(SECRETS[1] ?? "")}`);
  assertEquals(configChanges(before, after), [
    { key: "max_connections", from: "5", to: "1000", when: "next" },
    { key: "http_server.max_connections", from: "5", to: "1000", when: "next" },
    { key: 'vhost."a.b".play.queue_length', from: "30", to: "5", when: "new" },
    { key: 'vhost."a.b".http_hooks.secrets', from: '"whsec_***"', to: '"whsec_***"', when: "next" },
  ]);
});

Deno.test("configChanges() has one entry for a vhost that comes or goes, and that of a key for one that is disabled", () => {
  const before = config("[vhost.a]\n[vhost.b]\n[vhost.c]\nenabled = false");
  const after = config("[vhost.b]\nenabled = false\n[vhost.d]\nplay.gop_cache = false");
  assertEquals(configChanges(before, after), [
    { key: "vhost.b.enabled", from: "true", to: "false", when: "live" },
    { key: "vhost.d", from: undefined, to: "enabled", when: "next" },
    { key: "vhost.a", from: "enabled", to: undefined, when: "live" },
    { key: "vhost.c", from: "disabled", to: undefined, when: "live" },
  ]);
});

Deno.test("configChanges() notices another content of a file that a key names", () => {
  const text = `[vhost.a.http_hooks]\nsecrets_file = "s"\n`;
  const [before, after] = SECRETS.map((secret) => config(text, { s: `${secret}\n` }));
  if (before === undefined || after === undefined) throw new Error("There are two secrets");
  const key = "vhost.a.http_hooks.secrets_file";
  assertEquals(configChanges(before, after), [{ key, from: '"s"', to: '"s"', when: "next" }]);
  assertEquals(configChanges(before, before), []);
});

const OTHER_VALUES: Readonly<Record<string, string>> = {
  server_id: '"other"',
  work_dir: '"/tmp"',
  pid: '"x.pid"',
  workers: "2",
  reuse_port: "false",
  "http_api.events_kept": "7",
  "http_api.https.http2": "false",
  "http_server.https.http2": "false",
  "hooks.outbox.path": '"x.db"',
  "hooks.outbox.required": "true",
};

Deno.test("keepUntilRestart() keeps every key that needs a restart, and takes the others", () => {
  const keys = SCHEMA.filter(({ when }) => when === "restart").map(({ path }) => path);
  assertEquals(keys.toSorted(), Object.keys(OTHER_VALUES).toSorted());
  const https = ["http_api.https", "http_server.https"].map((section) =>
    `${section}.cert = "a"\n${section}.key = "b"\n`
  ).join("");
  const before = config(`${https}server_id = "mine"`);
  for (const [key, value] of Object.entries(OTHER_VALUES)) {
    const after = config(`${https}${key === "server_id" ? "" : 'server_id = "mine"\n'}${key} = ${value}`);
    assertEquals(configChanges(before, after).map(({ when }) => when), ["restart"]);
    const { settings, ...kept } = keepUntilRestart(before, after);
    const { settings: old, ...values } = before;
    assertEquals(kept, values, key);
    assertEquals(settings.map(({ toml }) => toml), old.map(({ toml }) => toml), key);
  }
  const live = config(
    `${https}server_id = "mine"\nmax_connections = 3\n[vhost.${VHOST}]\nmin_latency = true`,
  );
  assertEquals(keepUntilRestart(before, live), live);
});
