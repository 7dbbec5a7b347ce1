/**
 * Variables that override the file, in SRS's spelling.
 *
 * @module
 */

import { assert, assertEquals } from "../../support/assert.ts";
import { environmentNames, environmentNamesOf, SCHEMA } from "../../../config/schema/schema.ts";
import { load, problemsOf, VHOST, warningsOf } from "../support.ts";

Deno.test("environmentNames() are unique, in SRS's spelling, and few enough to list", () => {
  const names = environmentNames();
  assertEquals(new Set(names).size, names.length);
  for (const name of names) assert(/^SRS_[A-Z0-9_]+$/.test(name), name);
  for (
    const known of [
      ...["SRS_LISTEN", "SRS_MAX_CONNECTIONS", "SRS_SRS_LOG_TANK", "SRS_LOG_TANK", "SRS_HTTP_API_LISTEN"],
      ...["SRS_VHOST_HTTP_HOOKS_ENABLED", "SRS_VHOST_HTTP_HOOKS_ON_PUBLISH", "SRS_VHOST_PLAY_GOP_CACHE"],
      ...["SRS_VHOST_CHUNK_SIZE", "SRS_CHUNK_SIZE", "SRS_SERVER_ID", "SRS_UTC_TIME"],
    ]
  ) assert(names.includes(known), known);
});

Deno.test("loadConfig() lets variables win over the file and the default", () => {
  const { config } = load(
    'listen = 1\nsrs_log_level = "warn"\n[vhost.__defaultVhost__.play]\nqueue_length = 1',
    {
      env: {
        SRS_LISTEN: "19350 [::1]:19351",
        SRS_LOG_LEVEL: "error",
        SRS_UTC_TIME: "on",
        SRS_VHOST_PLAY_QUEUE_LENGTH: "2.5",
        SRS_VHOST_PLAY_MW_LATENCY: "1s",
        SRS_VHOST_HTTP_HOOKS_ENABLED: "on",
        SRS_VHOST_HTTP_HOOKS_ON_PUBLISH: " http://a/  http://b/ ",
        SRS_VHOST_HTTP_HOOKS_ON_ERROR: "allow",
        SRS_WORKERS: "auto",
      },
    },
  );
  assertEquals(config.rtmp.listen.map(({ port }) => port), [19350, 19351]);
  assertEquals([config.log.level, config.log.utcTime], ["error", true]);
  const { play } = config.rtmp.vhosts.get(VHOST) ?? {};
  assertEquals([play?.queueLengthMs, play?.mwLatencyMs], [2500, 1000]);
  const hooks = config.hooks.vhosts.get(VHOST);
  assertEquals(hooks?.urls.get("on_publish"), ["http://a/", "http://b/"]);
  assertEquals([hooks?.enabled, hooks?.onError], [true, { default: "allow" }]);
  assertEquals(config.process.workers, "auto");
});

Deno.test("loadConfig() prefers the long spelling of a log key and ignores empty variables", () => {
  const level = (env: Record<string, string>) => load("", { env }).config.log.level;
  assertEquals(level({ SRS_SRS_LOG_LEVEL: "warn", SRS_LOG_LEVEL: "error" }), "warn");
  assertEquals(level({ SRS_SRS_LOG_LEVEL: "", SRS_LOG_LEVEL: "error" }), "error");
  assertEquals(level({ SRS_LOG_LEVEL: "  " }), "trace");
});

Deno.test("loadConfig() takes no part of a variable that has a word too many", () => {
  const env = {
    SRS_MAX_CONNECTIONS: "10 00",
    SRS_UTC_TIME: "on off",
    SRS_LOG_LEVEL: "warn error",
    SRS_WORKERS: "2 3",
    SRS_GRACE_FINAL_WAIT: "1s 2s",
    SRS_VHOST_HTTP_HOOKS_ON_ERROR: "allow deny",
  };
  const problems = problemsOf("", { env });
  for (const [name, value] of Object.entries(env)) {
    assert(problems.some((problem) => problem.includes(`${name}: `) && problem.includes(`"${value}"`)), name);
  }
  assertEquals(problems.length, Object.keys(env).length);
});

Deno.test("loadConfig() names the variable that it cannot read", () => {
  assertEquals(problemsOf("", { env: { SRS_LISTEN: "99999", SRS_VHOST_PLAY_GOP_CACHE: "maybe" } }), [
    'environment: SRS_LISTEN: Cannot listen on "99999": expected 1935, "127.0.0.1:1935" or "[::1]:1935", ports 0 to 65535',
    'environment: SRS_VHOST_PLAY_GOP_CACHE: Expected true, false, "on" or "off", found "maybe"',
  ]);
});

Deno.test("loadConfig() reports a listener that a variable put on a taken port, by the variable", () => {
  const [problem = ""] = problemsOf("", { env: { SRS_HTTP_API_LISTEN: "1935" } });
  assert(problem.startsWith("environment: SRS_HTTP_API_LISTEN: Cannot listen on 0.0.0.0:1935"), problem);
});

Deno.test("loadConfig() warns of variables that make no sense together, by their names", () => {
  const env = { SRS_VHOST_HTTP_HOOKS_ENABLED: "on", SRS_HTTP_API_AUTH_PASSWORD: "x" };
  assertEquals(warningsOf("", { env }), [
    "environment: SRS_HTTP_API_AUTH_PASSWORD: Has no effect: auth.enabled is off (set enabled = true)",
    "environment: SRS_VHOST_HTTP_HOOKS_ENABLED: The hooks are enabled, but no event has an address (set on_publish)",
  ]);
});

Deno.test("loadConfig() warns of a vhost variable when the file has no default vhost", () => {
  assertEquals(warningsOf("[vhost.a]", { env: { SRS_VHOST_MIN_LATENCY: "on" } }), [
    "environment: SRS_VHOST_MIN_LATENCY: Has no effect: the file has vhosts, but not __defaultVhost__ (add [vhost.__defaultVhost__])",
  ]);
});

Deno.test("loadConfig() leaves other vhosts alone", () => {
  const { config } = load("[vhost.a]\n[vhost.__defaultVhost__]", { env: { SRS_VHOST_MIN_LATENCY: "on" } });
  assertEquals([...config.rtmp.vhosts.values()].map(({ minLatency }) => minLatency), [false, true]);
});

const UNKNOWN = [
  { name: "SRS_LISTN", problem: "Unknown variable (did you mean SRS_LISTEN?)" },
  { name: "SRS_LISTEN_PORT", problem: "Unknown variable (did you mean SRS_LISTEN?)" },
  {
    name: "SRS_VHOST_HTTP_HOOKS_ENABLE",
    problem: "Unknown variable (did you mean SRS_VHOST_HTTP_HOOKS_ENABLED?)",
  },
  {
    name: "SRS_VHOST_GOP_CACHE",
    problem: "Unknown variable (did you mean SRS_VHOST_PLAY_GOP_CACHE?)",
  },
  {
    name: "SRS_VHOST_NO_SUCH_KEY_AT_ALL",
    problem: "Unknown variable (docs/CONFIGURATION.md lists those that are known)",
  },
  {
    name: "SRS_HTTP_API_SOMETHING_QUITE_DIFFERENT",
    problem: "Unknown variable (docs/CONFIGURATION.md lists those that are known)",
  },
  { name: "SRS_HOME", warning: "Unknown variable (it has no effect)" },
  { name: "SRS_VERSION", warning: "Unknown variable (it has no effect)" },
  {
    name: "SRS_DAEMON",
    warning: "Has no effect here (the server stays in the foreground; use systemd or a container)",
  },
  {
    name: "SRS_VHOST_DASH_ENABLED",
    warning: "Has no effect here (play by HLS)",
  },
  { name: "SRS_DAEMON", value: "off" },
  { name: "SRS_VHOST_DASH_ENABLED", value: "off" },
  { name: "SRS_LISTN", value: " " },
  { name: "HOME" },
  { name: "MYSRS_LISTN" },
];
Deno.test("loadConfig() shows no value of an unknown variable: it may be a secret", () => {
  const env = { SRS_PASSWORD: "TOPSECRET", SRS_VHOST_ACCESS_PUBLISH_KEY: "TOPSECRET" };
  assertEquals(problemsOf("", { env }).filter((line) => line.includes("TOPSECRET")), []);
  assertEquals(warningsOf("", { env: { SRS_PASSWORD: "TOPSECRET" } }), [
    "environment: SRS_PASSWORD: Unknown variable (it has no effect)",
  ]);
});
for (const { name, value = "x", problem, warning } of UNKNOWN) {
  const outcome = problem === undefined ? warning === undefined ? "ignores" : "warns of" : "refuses";
  Deno.test(`loadConfig() ${outcome} ${name}=${value}`, () => {
    const env = { [name]: value };
    const line = (text: string | undefined) => text === undefined ? [] : [`environment: ${name}: ${text}`];
    assertEquals(problemsOf("", { env }), line(problem));
    if (problem === undefined) assertEquals(warningsOf("", { env }), line(warning));
  });
}

Deno.test("loadConfig() ignores what Kubernetes sets for services named srs and srs-http-api", () => {
  const env = {
    SRS_SERVICE_HOST: "10.0.0.7",
    SRS_SERVICE_PORT: "1935",
    SRS_SERVICE_PORT_RTMP: "1935",
    SRS_PORT: "tcp://10.0.0.7:1935",
    SRS_PORT_1935_TCP: "tcp://10.0.0.7:1935",
    SRS_PORT_1935_TCP_PROTO: "tcp",
    SRS_PORT_1935_TCP_PORT: "1935",
    SRS_PORT_1935_TCP_ADDR: "10.0.0.7",
    SRS_HTTP_API_SERVICE_HOST: "10.0.0.8",
    SRS_HTTP_API_PORT: "tcp://10.0.0.8:1985",
    SRS_HTTP_API_PORT_1985_TCP_ADDR: "10.0.0.8",
  };
  assertEquals(warningsOf("", { env }), []);
});

for (const key of SCHEMA) {
  const [name] = environmentNamesOf(key);
  if (name === undefined) continue;
  Deno.test(`${name} takes the default of ${key.path} as words`, () => {
    const words = key.type.toToml(key.default).replaceAll(/^\[|\]$|[",]/g, " ");
    const { settings } = load("", { env: { [name]: words } }).config;
    const setting = settings.find(({ vhost, path }) =>
      path === key.path && (vhost === undefined) === (key.scope === "root")
    );
    assertEquals(setting?.toml, key.type.toToml(key.default));
    if (words.trim() !== "") assertEquals(setting?.origin, { kind: "environment", name });
  });
}
