/**
 * The API beyond loopback, and the commands that call it: nothing without a token, a token that a start makes and keeps,
 * what the requests of a fuzzer get, and `srs ctl` next to the server.
 *
 * @module
 */
import { CA_CERT, SERVER_CERT, TLS_SERVER_KEY } from "../support/net/tls_fixtures.ts";
import { runSrs, runSrsIn, ServerProcess } from "../support/process/server_process.ts";
import { EventClient } from "../support/http/event_client.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { random, shown } from "../support/process/show.ts";
import { until } from "../support/wait.ts";
import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "../support/assert.ts";

const REQUESTS = shown(20_000, 600);
const TOKEN_FILE = "objs/srs.api_token";

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.transport === "tcp" ? listener.addr.port : 0;
}

/** A server in a directory of its own, its API on all addresses, with more keys of the API and at the top, and more files. */
async function withServer(
  more: string,
  run: (server: ServerProcess, api: string, directory: string) => Promise<void>,
  { top = "", files = {} }: { readonly top?: string; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${directory}/${name}`, text);
    const port = freePort();
    const toml = `${top}listen = "127.0.0.1:0"
http_server.enabled = false
hooks.outbox.path = ""
[http_api]
listen = ${port}
${more}
`;
    await using server = await ServerProcess.start({ toml, directory });
    await run(server, `http://127.0.0.1:${port}`, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("an API beyond loopback without credentials gets a token in a file, and keeps it over a restart", async () => {
  await withServer("", async (server, api, directory) => {
    await server.waitForLine(/callers need the token of this file file=\S+\/objs\/srs\.api_token$/);
    const file = `${directory}/${TOKEN_FILE}`;
    const token = (await Deno.readTextFile(file)).trim();
    assertEquals(Number((await Deno.stat(file)).mode) & 0o777, 0o600);
    assertMatch(token, /^srs_[\w-]{43}$/);
    assert(!server.lines.join("\n").includes(token));
    assertEquals((await (await fetch(`${api}/api/v1/versions`)).json()).code, 4909);
    const headers = { Authorization: `Bearer ${token}` };
    assertEquals((await (await fetch(`${api}/api/v1/versions`, { headers })).json()).code, 0);
    // What others can read is closed again, and stays the same.
    await Deno.chmod(file, 0o644);
    await server.stop();
    const toml = await Deno.readTextFile(`${directory}/srs.toml`);
    await using _again = await ServerProcess.start({ toml, directory });
    assertEquals((await (await fetch(`${api}/api/v1/versions`, { headers })).json()).code, 0);
    assertEquals(Number((await Deno.stat(file)).mode) & 0o777, 0o600);
  });
});

Deno.test("an API that is beyond loopback by HTTPS alone gets a token too, and asks for it everywhere", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await Deno.writeTextFile(`${directory}/cert.pem`, SERVER_CERT);
    await Deno.writeTextFile(`${directory}/key.pem`, TLS_SERVER_KEY);
    const [port, tlsPort] = [freePort(), freePort()];
    const toml = `listen = "127.0.0.1:0"
http_server.enabled = false
hooks.outbox.path = ""
[http_api]
listen = "127.0.0.1:${port}"
[http_api.https]
listen = ${tlsPort}
cert = "cert.pem"
key = "key.pem"
`;
    await using server = await ServerProcess.start({ toml, directory });
    await server.waitForLine(/callers need the token of this file file=\S+\/objs\/srs\.api_token$/);
    using client = Deno.createHttpClient({ caCerts: [CA_CERT] });
    const headers = {
      Authorization: `Bearer ${(await Deno.readTextFile(`${directory}/${TOKEN_FILE}`)).trim()}`,
    };
    for (const origin of [`https://127.0.0.1:${tlsPort}`, `http://127.0.0.1:${port}`]) {
      const url = `${origin}/api/v1/versions`;
      assertEquals((await (await fetch(url, { client })).json()).code, 4909, origin);
      assertEquals((await (await fetch(url, { client, headers })).json()).code, 0, origin);
    }
    await server.stop();
    const local = toml.replace(`listen = ${tlsPort}`, `listen = "127.0.0.1:${tlsPort}"`);
    await using _again = await ServerProcess.start({ toml: local, directory });
    assertEquals(
      (await (await fetch(`https://127.0.0.1:${tlsPort}/api/v1/versions`, { client })).json()).code,
      0,
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a fuzzer gets nothing without a token, and no error of the server with one", async () => {
  await withServer("max_auth_failures = 0\nmax_connections = 1000", async (_server, api, directory) => {
    const token = (await Deno.readTextFile(`${directory}/${TOKEN_FILE}`)).trim();
    const bearer = { Authorization: `Bearer ${token}` };
    const { paths } = await (await fetch(`${api}/api/v1/openapi.json`, { headers: bearer })).json();
    // A drain would end the server.
    const targets = Object.keys(paths).filter((path) => path !== "/api/v1/drain");
    assertLess(targets.length, Object.keys(paths).length);
    const statuses = new Map<string, number>();
    for (let i = 0; i < REQUESTS; i++) {
      const authorized = i % 2 === 0;
      const { path, init } = fuzzed(targets);
      const headers = new Headers(init.headers);
      if (authorized) headers.set("Authorization", bearer.Authorization);
      const reply = await fetch(`${api}${path}`, { ...init, headers });
      await reply.body?.cancel();
      const what = `${init.method} ${path} ${init.body ?? ""}`;
      assertLess(reply.status, 500, what);
      const isOpen = /^\/(?:healthz|readyz)\/*(?:\?|$)/.test(path);
      if (!authorized && !isOpen) assertEquals(reply.status, 401, what);
      const key = `${authorized ? "token" : "none"} ${reply.status}`;
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
    }
    assert((statuses.get("token 200") ?? 0) > 0, JSON.stringify([...statuses]));
  });
});

const VALUES = [
  ...["", "0", "-1", "1", "1e3", "99999999999999999999", "NaN", "a", "%00", "%ff", "..%2f..", "vid-aaaaaaa"],
  ...["__proto__", "constructor", "null", "[]", "{}", "%F0%9F%98%80", "a".repeat(500), "'", "%22", "true"],
];
const BODIES = [
  ...["", "{}", "[]", "null", "1", '"x"', "{", '{"kind":"ip","value":"203.0.113.9","seconds":1}'],
  ...[
    '{"kind":"ip","value":[]}',
    '{"__proto__":{"kind":"ip"}}',
    `{"kind":"stream","value":"/${"a/".repeat(900)}b"}`,
  ],
  ...['{"kind":"network","value":"203.0.113.0/99"}', '{"kind":"ip","value":"203.0.113.9","seconds":1e308}'],
];

/** A request that the document suggests, with something wrong in it. */
function fuzzed(paths: readonly string[]): { readonly path: string; readonly init: RequestInit } {
  const pick = <T>(list: readonly T[]): T | undefined => list[random(list.length)];
  const value = (): string => pick(VALUES) ?? "";
  let path = (pick(paths) ?? "/").replaceAll(/\{\w+\}/g, value);
  if (random(4) === 0) path += `/${value()}`;
  if (random(3) === 0) path += "/".repeat(1 + random(3));
  if (random(2) === 0) path += `?start=${value()}&count=${value()}`;
  if (random(4) === 0) path += `${path.includes("?") ? "&" : "?"}snapshot=${value()}&hold=${value()}`;
  const method = pick(["GET", "GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"]) ?? "GET";
  const hasBody = method === "POST" || method === "DELETE" || method === "PUT" || method === "PATCH";
  const type = pick(["application/json", "text/plain", "application/json; charset=x", ""]) ?? "";
  const headers = {
    ...(type === "" ? {} : { "Content-Type": type }),
    ...(random(4) === 0 ? { Accept: value().slice(0, 20).replaceAll(/[^\w]/g, "x") } : {}),
    ...(random(8) === 0 ? { Origin: "https://evil.example" } : {}),
  };
  // Events never end: their status is enough, and the caller cancels them.
  return { path, init: { method, headers, ...(hasBody ? { body: pick(BODIES) ?? "" } : {}) } };
}

Deno.test("srs token makes a token and its line, and srs ctl shows, ends and bans with it", async () => {
  const made = await runSrs(["token", "ops", "--scope", "admin"]);
  assertMatch(made.stdout, /^srs_[\w-]{43}\n$/);
  const [, line] = /"(ops admin [\da-f]{64})"\n$/.exec(made.stderr) ?? [];
  assert(line !== undefined, made.stderr);
  await withServer(`tokens = "${line}"`, async (server, _api, directory) => {
    await Deno.writeTextFile(`${directory}/ops.token`, made.stdout);
    const ctl = async (...words: string[]) =>
      await runSrsIn(directory, ["ctl", ...words, "-c", "srs.toml", "--token-file", "ops.token"]);
    await using _publisher = await LivePublisher.publish(server.port, "cam");
    await using _player = await GapPlayer.play(server.port, "cam");
    const status = await ctl("status");
    assertEquals([status.code, status.stderr], [0, ""]);
    assertMatch(status.stdout, /^connections +2$/m);
    assertMatch((await ctl("streams")).stdout, /^ID +URL .*\nvid-\w{7} +\/live\/cam +1 +2 +H264 +-/);
    const clients = (await ctl("clients")).stdout;
    assertMatch(clients, /^ID +TYPE .*\n1 +fmle-publish .*\n2 +rtmp-play /);
    const listed = JSON.parse((await ctl("clients", "--json")).stdout);
    assertEquals(listed.length, 2);
    assertEquals((await ctl("kick", "2")).stdout, "Client 2 was ended\n");
    const unknown = await ctl("kick", "99");
    assertEquals([unknown.code, unknown.stderr], [1, "srs: The server refused: No client of this id\n"]);
    assertMatch(
      (await ctl("ban", "stream", "/live/cam", "--for", "1h")).stdout,
      /^Banned stream \/live\/cam; 1 /,
    );
    const [, id = ""] = /^(\w{8}) +stream +\/live\/cam /m.exec((await ctl("bans")).stdout) ?? [];
    assertEquals((await ctl("unban", id)).stdout, "The ban was lifted\n");
    const refused = await runSrsIn(directory, ["ctl", "status", "-c", "srs.toml"]);
    assertEquals(refused.code, 1);
    assertStringIncludes(
      refused.stderr,
      "Credentials are needed; name a file with a token: --token-file FILE",
    );
  });
});

Deno.test("a reload of a file of tokens ends the listener of events whose token is no longer there", async () => {
  const tokenNamed = async (name: string) => {
    const { stdout, stderr } = await runSrs(["token", name, "--scope", "admin"]);
    return { token: stdout.trim(), line: /"(.*)"\n$/.exec(stderr)?.[1] ?? "" };
  };
  const [ops, former] = [await tokenNamed("ops"), await tokenNamed("former")];
  await withServer(`tokens_file = "tokens.txt"`, async (server, api, directory) => {
    const listen = ({ token }: { readonly token: string }) =>
      EventClient.listen({ port: Number(new URL(api).port), token });
    await using stays = await listen(ops);
    await using revoked = await listen(former);
    await Deno.writeTextFile(`${directory}/tokens.txt`, `${ops.line}\n`);
    const headers = { Authorization: `Bearer ${ops.token}` };
    const reload = await fetch(`${api}/api/v1/reload`, { method: "POST", headers });
    assertEquals((await reload.json()).code, 0);
    await revoked.ended;
    await using _publisher = await LivePublisher.publish(server.port, "cam");
    await stays.events.take(({ kind }) => kind === "on_publish", "a publish");
  }, { files: { "tokens.txt": `${ops.line}\n${former.line}\n` } });
});

Deno.test("GET /api/v1/config shows a password's key without the password, by which srs ctl calls", async () => {
  const auth = `auth = { enabled = true, username = "ops", password = "hunter2" }`;
  await withServer(auth, async (_server, api, directory) => {
    const headers = { Authorization: `Basic ${btoa("ops:hunter2")}` };
    const config = await (await fetch(`${api}/api/v1/config?count=1000`, { headers })).text();
    const { settings, total } = JSON.parse(config);
    assertEquals(settings.length, total);
    const password = settings.find(({ key }: { key: string }) => key === "http_api.auth.password");
    assertEquals(password, {
      ...{ vhost: null, key: "http_api.auth.password", value: '"***"', masked: true },
      origin: `${directory}/srs.toml:6`,
    });
    assert(!config.includes("hunter2"));
    const status = await runSrsIn(directory, ["ctl", "status", "-c", "srs.toml"]);
    assertEquals([status.code, status.stderr], [0, ""]);
  });
});

for (const workers of [1, 2]) {
  Deno.test(`srs ctl log-level changes what a server with ${workers} workers writes, on all threads`, async () => {
    await withServer("", async (server, _api, directory) => {
      const logLevel = async (...words: string[]) =>
        (await runSrsIn(directory, ["ctl", "log-level", ...words, "-c", "srs.toml"])).stdout;
      /** Comes and goes: a line of level info by the thread that it came to. */
      const visit = async () => {
        using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
        await conn.closeWrite();
        await conn.read(new Uint8Array(1));
      };
      const left = () => server.lines.filter((line) => line.includes("Client connected and left")).length;
      await visit();
      assertEquals(await logLevel(), "level       trace\nconfigured  trace\n");
      assertEquals(left(), 0);
      assertEquals(await logLevel("info"), "level       info\nconfigured  trace\n");
      await server.waitForLine(/\[trace\]\[-\] Log level changed by the API .* from=trace to=info$/);
      // The system chooses a thread for each connection: of 20, one gets all of them once in half a million times.
      for (let i = 0; i < 20; i++) await visit();
      await until(() => left() === 20);
      assertEquals(await logLevel("warn"), "level       warn\nconfigured  trace\n");
      await visit();
      const refused = await runSrsIn(directory, ["ctl", "log-level", "loud", "-c", "srs.toml"]);
      assertEquals(refused.code, 2);
      assertEquals(left(), 20);
    }, { top: `workers = ${workers}\n` });
  });
}

Deno.test("srs ctl takes the token that the start made, and says where nobody answers", async () => {
  await withServer("", async (server, api, directory) => {
    const status = await runSrsIn(directory, ["ctl", "status", "-c", "srs.toml"]);
    assertEquals([status.code, status.stderr], [0, ""]);
    await server.stop();
    const nobody = await runSrsIn(directory, ["ctl", "status", "-c", "srs.toml"]);
    assertEquals(nobody.code, 1);
    assertStringIncludes(nobody.stderr, `Cannot call the API at ${api}`);
  });
});
