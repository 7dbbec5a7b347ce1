/**
 * What is right key by key and makes no sense together, and what only SRS obeys.
 *
 * @module
 */

import { assert, assertEquals } from "../../support/assert.ts";
import { fastestMs } from "../../support/load/fastest.ts";
import { load, problemsOf, warningsOf } from "../support.ts";

Deno.test("loadConfig() warns of what only SRS obeys, unless it is switched off", () => {
  const text = `daemon = true
asprocess = false
[heartbeat]
enabled = true
url = "http://127.0.0.1/"
[vhost.a.dash]
enabled = "on"
[vhost.a.dvr]
enabled = false
[vhost.a.bandcheck]
key = "github.com"
[vhost.a.play]
mw_msgs = 8
`;
  assertEquals(warningsOf(text), [
    "srs.toml:1: daemon: Has no effect here (the server stays in the foreground; use systemd or a container)",
    "srs.toml:3: heartbeat: Has no effect here (ask the API, or the hooks' on_update)",
    "srs.toml:6: vhost.a.dash: Has no effect here (play by HLS)",
    "srs.toml:10: vhost.a.bandcheck: Has no effect here (measure with iperf)",
    "srs.toml:13: vhost.a.play.mw_msgs: Has no effect here (nothing to do)",
  ]);
});

Deno.test("loadConfig() warns of a vhost whose name is nearly that of the default one", () => {
  for (const name of ["defaultVhost", "_defaultVhost_", "__default_vhost__", "default"]) {
    assertEquals(warningsOf(`[vhost.${name}]\nchunk_size = 4096\n`), [
      `srs.toml:1: vhost.${name}: This vhost is for clients that ask for the host "${name}" ` +
      "(did you mean [vhost.__defaultVhost__], which answers for all other names?)",
    ]);
  }
  assertEquals(warningsOf("[vhost.__defaultVhost__]\n[vhost.tv]\n"), []);
});

Deno.test("loadConfig() knows what other servers call listen", () => {
  for (const text of ["port = 1935", "[http_server]\nport = 8081", "[http_api]\naddress = 1986"]) {
    const [problem = "", ...others] = problemsOf(text);
    assert(problem.includes('did you mean "listen"?'), problem);
    assertEquals(others, []);
  }
});

Deno.test("loadConfig() warns of hooks that make no sense together", () => {
  const section = "[vhost.a.http_hooks]\n";
  const on = `${section}enabled = true\n`;
  assertEquals(warningsOf(on).length, 1);
  assertEquals(warningsOf(`${section}on_play = "http://a/"`).length, 1);
  assertEquals(warningsOf(`${on}on_play = "http://a/"`), []);
  assertEquals(warningsOf(`${on}on_play = "http://a/"\ntimeout = 11`).length, 1);
  assertEquals(warningsOf(`${on}on_play = "http://a/"\nupdate_interval = 11`).length, 1);
});

Deno.test("loadConfig() refuses two listeners at one address", () => {
  const taken = (text: string) => problemsOf(text).length;
  assertEquals(taken("[http_api]\nlisten = 1935"), 1);
  assertEquals(taken("[http_api]\nlisten = 1935\nenabled = false"), 0);
  assertEquals(taken('listen = "127.0.0.1:8080"'), 1);
  assertEquals(taken('listen = "127.0.0.2:1985"'), 0);
  assertEquals(taken('listen = [1935, "127.0.0.1:1935"]'), 1);
  assertEquals(taken("listen = [0, 0]"), 0);
});

const PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";

Deno.test("loadConfig() reads PEM files by the reader that it is handed", () => {
  const text = '[vhost.a.http_hooks]\nca_cert = "ca.pem"\nclient_cert = "c.pem"\nclient_key = "k.pem"';
  const asked: string[] = [];
  const readFile = (path: string) => {
    asked.push(path);
    return PEM + path;
  };
  const hooks = load(text, { readFile }).config.hooks.vhosts.get("a");
  assertEquals(asked, ["ca.pem", "c.pem", "k.pem"]);
  assertEquals([hooks?.caCert, hooks?.clientCert, hooks?.clientKey], asked.map((path) => PEM + path));
});

Deno.test("loadConfig() tells which PEM file it cannot use, and at which line", () => {
  const readFile = (path: string) => {
    if (path === "gone.pem") throw new Error("No such file");
    return "hello";
  };
  assertEquals(
    problemsOf('[vhost.a.http_hooks]\nca_cert = "gone.pem"\nclient_cert = "text.pem"', { readFile }),
    [
      "srs.toml:2: vhost.a.http_hooks.ca_cert: Cannot read gone.pem: No such file",
      "srs.toml:3: vhost.a.http_hooks.client_cert: text.pem is not a PEM file",
      "srs.toml:3: vhost.a.http_hooks.client_cert: client_cert and client_key need each other",
    ],
  );
});

Deno.test("loadConfig() takes thousands of vhosts in a time that grows with their number", () => {
  const text = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `[vhost."v${i}.com"]\n[vhost."v${i}.com".play]\ngop_cache = false\n`,
    ).join("");
  const msOf = (count: number) => {
    const toml = text(count);
    return fastestMs(() => assertEquals(load(toml).config.rtmp.vhosts.size, count));
  };
  const few = msOf(200);
  // Ten times as much; where each section copied all others it took fifty times as long and more.
  assert(msOf(2000) < 30 * few);
});

const SAME_FILE = [
  {
    text: 'pid = "a/../x"\n[hooks.outbox]\npath = "./x"',
    problem: "3: hooks.outbox.path: pid names the same file, ./x",
  },
  { text: 'pid = "objs/srs.log"\nsrs_log_tank = "file"', problem: "pid: srs_log_file names the same file" },
  {
    text: 'pid = "objs"',
    problem: "1: pid: objs and what hooks.outbox.path names cannot both exist",
  },
  { text: 'pid = "objs/"', problem: "1: pid: objs/ is a directory, not a file" },
  { text: 'pid = "objs/srs.log"', problem: undefined },
  {
    text: 'pid = "./objs/srs.server_id"',
    problem: "1: pid: ./objs/srs.server_id is a file that the server writes for itself",
  },
  {
    text: 'srs_log_tank = "file"\nsrs_log_file = "objs/srs.outbox.db-wal"',
    problem: "2: srs_log_file: objs/srs.outbox.db-wal is a file that the server writes for itself",
  },
  { text: 'pid = "objs/srs.outbox.db.pid"', problem: undefined },
];
for (const { text, problem } of SAME_FILE) {
  Deno.test(`loadConfig() ${problem === undefined ? "takes" : "refuses"} ${JSON.stringify(text)}`, () => {
    const problems = problemsOf(text);
    assertEquals(problems.length, problem === undefined ? 0 : 1);
    if (problem !== undefined) assert(problems[0]?.includes(problem), problems[0]);
  });
}
