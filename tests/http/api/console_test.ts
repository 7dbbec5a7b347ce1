/** The console's page and what only it asks of the API. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { tokenHash } from "../../../http/api/auth/token_hash.ts";
import { ApiHarness, asBody, NO_HOOKS, withStream } from "../../support/http/api_harness.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const HTML = { headers: { Accept: "text/html" } };
const PLAYERS = [{ hostname: "0.0.0.0", port: 8081 }];
const PLAYERS_TLS = [{ hostname: "0.0.0.0", port: 8444 }];

async function withConsole(
  run: (api: ApiHarness) => Promise<void>,
  tokens: readonly string[] = [],
): Promise<void> {
  await using harness = RtmpHarness.start();
  const auth = {
    tokens: tokens.map((token) => ({ name: "a", scope: "admin" as const, sha256: tokenHash(token) })),
  };
  await using api = await ApiHarness.start(harness.server, {
    players: PLAYERS,
    playersTls: PLAYERS_TLS,
    auth,
  });
  await run(api);
}

Deno.test("GET / is the console for a browser, and the list of the API for everybody else", () =>
  withConsole(async (api) => {
    assertEquals((await (await fetch(`${api.url}/`)).json()).code, 0);
    const reply = await fetch(`${api.url}/`, HTML);
    const page = await reply.text();
    const policy = reply.headers.get("content-security-policy") ?? "";
    assertMatch(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /);
    assertStringIncludes(policy, "connect-src 'self' http://127.0.0.1:8081 https://127.0.0.1:8444;");
    assertStringIncludes(
      page,
      'data-players="http://127.0.0.1:8081" data-players-tls="https://127.0.0.1:8444"',
    );
    assertStringIncludes(policy, "frame-ancestors 'none'");
    assert(!/\sstyle=|\son\w+=|<script(?![^>]* src=)/.test(page), "the policy forbids what is inline");
    const files = Array.from(page.matchAll(/(?:href|src)="\.\/(-\/[^"]+)"/g), ([, path]) => path);
    assertEquals(files.length, 3);
    for (const path of files) {
      const file = await fetch(`${api.url}/${path}`);
      assertEquals([file.status, file.headers.get("cache-control")], [
        200,
        "public, max-age=31536000, immutable",
      ]);
      await file.body?.cancel();
    }
  }));

Deno.test("the console and its files need credentials: a browser may send a token as a password", () =>
  withConsole(async (api) => {
    const plain = await fetch(`${api.url}/`, HTML);
    assertEquals([plain.status, plain.headers.get("www-authenticate")], [
      401,
      'Basic realm="srs", charset="UTF-8", Bearer realm="srs"',
    ]);
    await plain.body?.cancel();
    const headers = { ...HTML.headers, Authorization: `Basic ${btoa("anybody:hello")}` };
    const page = await (await fetch(`${api.url}/`, { headers })).text();
    const [, path] = /src="\.\/(-\/[^"]+)"/.exec(page) ?? [];
    for (const [status, init] of [[401, {}], [200, { headers }]] as const) {
      const file = await fetch(`${api.url}/${path}`, init);
      assertEquals(file.status, status);
      await file.body?.cancel();
    }
  }, ["hello"]));

Deno.test("lists of streams and clients are searched by the server", () =>
  withStream(async (api) => {
    const found = async (path: string) => (await api.list(path)).length;
    assertEquals([await found("streams?search=LIVESTREAM"), await found("streams?search=other")], [1, 0]);
    assertEquals([await found("clients?search=127.0.0.1"), await found("clients?search=nobody")], [2, 0]);
    assertEquals([await found("clients?role=play"), await found("clients?role=none")], [1, 0]);
    const [stream] = await api.list("streams");
    assertEquals(await found(`clients?stream=${stream?.["id"]}`), 2);
    assertEquals(await found("clients?stream=vid-0000000"), 0);
    assertEquals(await found(`streams?search=${stream?.["id"]}`), 1);
    assertEquals([await found("clients?search=1"), await found("streams?search=99")], [2, 0]);
  }));

Deno.test("a word that a parameter cannot have is refused: an empty list would look as if there were nothing", () =>
  withStream(async (api) => {
    for (
      const path of [
        "clients?role=player",
        "hooks/calls?event=play",
        "hooks/rows?state=gone",
        "records?running=1",
      ]
    ) {
      const reply = await fetch(`${api.url}/api/v1/${path}`);
      assertEquals([reply.status, (await reply.json()).code], [400, 4904], path);
    }
  }));

Deno.test("GET /api/v1/hooks/calls has the last calls without secrets, of one event if it is named", async () => {
  const call = {
    ...{
      wallMs: 1000,
      vhost: "v",
      url: "http://h/?token=hush",
      verdict: "no" as const,
      status: 200,
      ms: 1.23,
    },
    ...{ attempt: 1, id: "w", clientId: 7, reason: "token=hush is old" },
  };
  const hooks = {
    ...NO_HOOKS,
    calls:
      () => [{ ...call, event: "on_play" }, { ...call, event: "on_publish", reason: "", status: undefined }],
  };
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, { hooks });
  const all = await api.json("hooks/calls");
  assertEquals(all["total"], 2);
  assert(!JSON.stringify(all).includes("hush"));
  const { calls } = await api.json("hooks/calls?event=on_publish");
  assertEquals(calls, [{
    ...{ time: "1970-01-01T00:00:01.000Z", vhost: "v", event: "on_publish", url: "http://h/?token=***" },
    ...{ verdict: "no", status: null, ms: 1.2, attempt: 1, id: "w", client_id: 7, reason: null },
  }]);
});

Deno.test("POST /api/v1/hooks/try sends sample values to the configured addresses, and nothing else", async () => {
  const seen: unknown[] = [];
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, {
    tryHook: (event, values) => {
      seen.push([event, values]);
      const result = {
        ...{
          url: "http://h/?token=hush",
          requestHeaders: {},
          requestBody: '{"a":1}',
          status: 200,
          body: "0",
        },
        ...{ verdict: "yes", detail: "", ms: 2 },
      };
      return Promise.resolve(values.vhost === "empty" ? [] : [result]);
    },
  });
  const post = (body: unknown) =>
    api.json("hooks/try", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  const { results } = await post({ event: "on_play", stream: "cam", param: "?token=x" });
  assert(Array.isArray(results));
  assertEquals(asBody(results[0]), {
    ...{ url: "http://h/?token=***", request: '{"a":1}', verdict: "yes", status: 200, ms: 2, answer: "0" },
    reason: null,
  });
  const values = {
    vhost: "__defaultVhost__",
    app: "live",
    stream: "cam",
    param: "?token=x",
    ip: "127.0.0.1",
  };
  assertEquals(seen, [["on_play", values]]);
  assertEquals((await post({ event: "on_play", vhost: "empty" }))["code"], 4904);
  assertEquals((await post({ event: "on_play", url: "http://other/" }))["code"], 4906);
  assertEquals((await post({ event: "on_all" }))["code"], 4906);
  assertEquals(seen.length, 2);
});
