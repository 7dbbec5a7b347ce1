/**
 * Credentials of the API in a configuration.
 *
 * @module
 */
import { loadConfig, printConfig } from "../../../config/mod.ts";
import { problemsOf, warningsOf } from "../support.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";

const HASH = "0123456789abcdef".repeat(4);
const OTHER = "f".repeat(64);

function load(text: string, files: Readonly<Record<string, string>> = {}) {
  return loadConfig({
    text,
    env: {},
    version: "1",
    serverId: "vid-0123456",
    readFile: (path) => {
      const file = files[path];
      if (file === undefined) throw new Error("No such file");
      return file;
    },
  }).config;
}

Deno.test("http_api.auth is a user and a password, masked where it is printed", () => {
  const config = load('[http_api.auth]\nenabled = "on"\nusername = "admin"\npassword = "hunter2"');
  assertEquals(config.http.api.auth.basic, { username: "admin", password: "hunter2" });
  const printed = printConfig(config);
  assert(!printed.includes("hunter2"), printed);
  assertStringIncludes(printed, '# password = "***" # masked');
});

Deno.test("http_api.tokens and tokens_file are read together", () => {
  const file = `# tokens of the operators\n\n ops   admin ${OTHER}\r\n`.replace("\r", "");
  const config = load(
    `[http_api]\ntokens = ["grafana read ${HASH}"]\ntokens_file = "t"\ncrossdomain = true`,
    { t: file },
  );
  assertEquals(config.http.api.auth.tokens, [
    { name: "grafana", scope: "read", sha256: HASH },
    { name: "ops", scope: "admin", sha256: OTHER },
  ]);
  assert(config.http.api.crossdomain);
});

const PROBLEMS: readonly (readonly [text: string, problem: string])[] = [
  ['[http_api.auth]\nenabled = true\nusername = "a"', "auth.enabled needs a username and a password"],
  ['[http_api.auth]\nenabled = true\nusername = "a:b"\npassword = "c"', "A user with a colon cannot be sent"],
  [`[http_api]\ntokens = "a write ${HASH}"`, '"write" is not a scope'],
  ['[http_api]\ntokens = "srs_abcdefgh"', "Expected a name, a scope and 64 hexadecimal digits"],
  ['[http_api]\ntokens_file = "none"', "Cannot read none"],
];
for (const [text, problem] of PROBLEMS) {
  Deno.test(`loadConfig() refuses ${JSON.stringify(text)}`, () => {
    const problems = problemsOf(text).join("\n");
    assertStringIncludes(problems, problem);
    // It may be a token that was written in place of its hash.
    assert(!problems.includes("abcdefgh"));
  });
}

Deno.test("crossdomain without a token is a warning, and off", () => {
  const text = "[http_api]\ncrossdomain = true";
  assertStringIncludes(warningsOf(text).join("\n"), "Has no effect: pages of other sites need a token");
  assert(!load(text).http.api.crossdomain);
});
