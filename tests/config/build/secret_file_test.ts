/**
 * Secrets that are in files of their own.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { load, problemsOf } from "../support.ts";

const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const OTHER = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk";
const FILES: Readonly<Record<string, string>> = {
  secrets: `# of the hooks\n${OTHER}\r\n\n`,
  password: "correct horse\n",
  empty: "\n  # nothing\n",
  two: "correct horse\nbattery staple\n",
  broken: "whsec_no\n",
  keys: "0123456789abcdef0123\nfedcba9876543210fedc\n",
  cluster: "a secret of the cluster\n",
};

function readFile(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw new Error("No such file");
  return text;
}

Deno.test("http_hooks.secrets_file adds to the secrets, and the configuration shows neither", () => {
  const toml = `[vhost.a.http_hooks]\nsecrets = "${SECRET}"\nsecrets_file = "secrets"\n`;
  const { config } = load(toml, { readFile });
  assertEquals(config.hooks.vhosts.get("a")?.secrets, [SECRET, OTHER]);
  const shown = config.settings.filter(({ path }) => path.startsWith("http_hooks.secrets"));
  assertEquals(shown.map(({ masked, toml }) => masked ?? toml), ['"whsec_***"', '"secrets"']);
});

Deno.test("http_api.auth.password_file has the password in its only line", () => {
  const auth = '[http_api.auth]\nenabled = true\nusername = "admin"\n';
  const { config } = load(`${auth}password_file = "password"\n`, { readFile });
  assertEquals(config.http.api.auth.basic, { username: "admin", password: "correct horse" });
});

Deno.test("access.*_file add to the keys of their lists, whose checks they are part of", () => {
  const { config, warnings } = load(
    `[vhost.a.access]
publish_keys = "of-the-configuration"
publish_keys_file = "keys"
play_keys_file = "keys"
url_secrets_file = "keys"
signed_play = true
`,
    { readFile },
  );
  assertEquals(warnings, []);
  const { publishKeys, playKeys, urlSecrets } = config.rtmp.vhosts.get("a")?.access.credentials ?? {};
  const keys = ["0123456789abcdef0123", "fedcba9876543210fedc"];
  assertEquals([publishKeys, playKeys, urlSecrets], [["of-the-configuration", ...keys], keys, keys]);
  const [found = ""] = problemsOf('[vhost.a.access]\nplay_keys_file = "empty"\n', { readFile });
  assertStringIncludes(found, "play_keys_file: empty has no secret in it");
});

Deno.test("cluster.secret_file has the secret in its only line, where the configuration has none", () => {
  const { config } = load('[cluster]\nsecret_file = "cluster"\n', { readFile });
  assertEquals(config.rtmp.cluster.secret, "a secret of the cluster");
  const both = '[cluster]\nsecret = "another secret of it"\nsecret_file = "cluster"\n';
  const [found = ""] = problemsOf(both, { readFile });
  assertStringIncludes(found, "secret_file: cluster.secret is set too");
});

for (
  const [file, problem] of [
    ["none", "Cannot read none: No such file"],
    ["empty", "empty has no secret in it"],
    ["broken", 'broken: Secret 1 of 1 is not "whsec_" and base64'],
  ]
) {
  Deno.test(`http_hooks.secrets_file: ${problem}`, () => {
    const toml = `[vhost.a.http_hooks]\nsecrets_file = "${file}"\n`;
    const [found = "", ...more] = problemsOf(toml, { readFile });
    assertStringIncludes(found, `secrets_file: ${problem}`);
    assertEquals(more, []);
  });
}

Deno.test("http_api.auth.password_file: a second line is not a part of the password", () => {
  const toml = '[http_api.auth]\nenabled = true\nusername = "admin"\npassword_file = "two"\n';
  const [found = "", ...more] = problemsOf(toml, { readFile });
  assertEquals(more, []);
  assertStringIncludes(found, "password_file: two has 2 lines: it must have one");
});
