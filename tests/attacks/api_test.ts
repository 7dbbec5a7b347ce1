/**
 * Attacks on the management API: pages of other sites, scripts in names, anything that asks it to do more.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { ApiHarness, asBody, withStream } from "../support/http/api_harness.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";

const KICK = "DELETE /api/v1/clients/1 HTTP/1.1";

attackTest(
  23,
  "JSONP does not exist: a callback changes nothing, and a reply is never a script",
  () =>
    withStream(async (api) => {
      const reply = await fetch(`${api.url}/api/v1/clients?callback=alert(1)//&method=DELETE`);
      assertMatch(reply.headers.get("content-type") ?? "", /^application\/json/);
      assertEquals(reply.headers.get("x-content-type-options"), "nosniff");
      const text = await reply.text();
      assert(text.startsWith("{") && !text.includes("alert"), text);
      assertEquals((await api.list("clients")).length, 2);
    }),
);

attackTest(
  23,
  "a page of another site can neither read nor change anything",
  () =>
    withStream(async (api) => {
      const origin = "https://evil.test";
      for (const method of ["GET", "OPTIONS", "HEAD"]) {
        const reply = await fetch(`${api.url}/api/v1/clients`, { method, headers: { origin } });
        await reply.body?.cancel();
        const allowing = [...reply.headers.keys()].filter((name) => name.startsWith("access-control-"));
        assertEquals([method, allowing], [method, []]);
      }
      const host = `Host: 127.0.0.1:${api.port}`;
      assertEquals(await api.raw([KICK, host, `Origin: ${origin}`]), 403);
      assertEquals(await api.raw([KICK, host, "Origin: null"]), 403);
      assertEquals(await api.raw([KICK, host, "Sec-Fetch-Site: cross-site"]), 403);
      assertEquals((await api.list("clients")).length, 2);
    }),
);

attackTest(
  23,
  "a name that is led to this address by its owner's DNS is refused",
  () =>
    withStream(async (api) => {
      const lines = ["GET /api/v1/clients HTTP/1.1", `Host: rebind.evil.test:${api.port}`];
      assertEquals(await api.raw(lines), 403);
      assertEquals(await api.raw([KICK, "Host: rebind.evil.test", "Origin: http://rebind.evil.test"]), 403);
      assertEquals((await api.list("clients")).length, 2);
    }),
);

attackTest(26, "the API takes no body, no command and no path of a file", () =>
  withStream(async (api) => {
    for (const method of ["POST", "PUT", "PATCH"]) {
      for (
        const path of ["clients", "streams", "vhosts/x", "summaries", "raw", "clients/1/../../../etc/passwd"]
      ) {
        const reply = await fetch(`${api.url}/api/v1/${path}`, { method, body: '{"exec":"id"}' });
        assert(reply.status === 405 || reply.status === 404, `${method} ${path}: ${reply.status}`);
        await reply.body?.cancel();
      }
    }
    for (const path of ["raw?rpc=reload", "..%2f..%2fetc%2fpasswd", "%00", "clients/%2e%2e/1"]) {
      const body = await api.json(path);
      assert(body["code"] !== 0, path);
    }
  }));

attackTest(27, "the API shows what was at one moment, however fast clients come and go", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const churn = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      const client = await harness.client();
      await client.play(`churn${i}`);
      await client.close();
    }
  };
  const look = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      for (const path of ["clients", "streams", "vhosts", "summaries"]) {
        assertEquals((await api.json(path))["code"], 0);
      }
    }
  };
  await Promise.all([churn(), churn(), look(), look()]);
});

attackTest(
  25,
  "credentials are guessed at: after a few wrong ones of an address none are looked at",
  async () => {
    await using harness = RtmpHarness.start();
    const auth = { basic: { username: "admin", password: "right" }, tokens: [], maxFailures: 5 };
    await using api = await ApiHarness.start(harness.server, { auth });
    const status = async (password: string): Promise<number> => {
      const headers = { Authorization: `Basic ${btoa(`admin:${password}`)}` };
      const reply = await fetch(`${api.url}/api/v1/clients`, { headers });
      await reply.body?.cancel();
      return reply.status;
    };
    assertEquals(await status("right"), 200);
    for (let i = 0; i < 5; i++) assertEquals(await status(`guess${i}`), 401);
    assertEquals([await status("guess"), await status("right")], [429, 429]);
  },
);

attackTest(
  29,
  "a listing or a script in a reply: what is not there is JSON, and says nothing of what was asked",
  () =>
    withStream(async (api) => {
      for (
        const path of ["/<script>alert(1)</script>", "/api/v1/<img src=x>", "/objs/", "/.git/config"]
      ) {
        const reply = await fetch(`${api.url}${path}`);
        assertEquals(reply.status, 404, path);
        assertMatch(reply.headers.get("content-type") ?? "", /^application\/json/);
        const text = await reply.text();
        assert(!/[<>]|script|git/.test(text), text);
        assert(asBody(JSON.parse(text))["code"] !== 0);
      }
    }),
);

attackTest(
  31,
  "idle connections and slow requests end in time, and those above the bound at once",
  async () => {
    await using harness = RtmpHarness.start();
    await using api = await ApiHarness.start(harness.server, {
      limits: { maxConnections: 4, headTimeoutMs: 200 },
    });
    const connect = () => Deno.connect({ hostname: "127.0.0.1", port: api.port });
    const idle = await Promise.all([connect(), connect(), connect()]);
    const slow = await connect();
    const trickle = (async () => {
      // A byte now and then puts nothing off.
      const letters = new TextEncoder().encode("GET /api/v1/versions HTTP/1.1\r\nX: ".padEnd(2000, "x"));
      for (const letter of letters) {
        if (await slow.write(Uint8Array.of(letter)).catch(() => 0) === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const surplus = await connect();
    assertMatch(await new Response(surplus.readable).text(), /^HTTP\/1\.1 503 /);
    for (const conn of idle) assertEquals(await conn.read(new Uint8Array(1)), null);
    const reply = new Uint8Array(1024);
    const length = await slow.read(reply) ?? 0;
    assertMatch(new TextDecoder().decode(reply.subarray(0, length)), /^HTTP\/1\.1 408 /);
    await trickle;
    for (const conn of [...idle, slow]) conn.close();
    assertEquals(api.hits.toSorted(), [
      ...Array.from({ length: 4 }, () => "http_api.head_timeout"),
      "http_api.max_connections",
    ]);
    assertEquals((await api.json("versions"))["code"], 0);
  },
);

const SMUGGLED: readonly (readonly string[])[] = [
  ["DELETE /api/v1/clients/1 HTTP/1.1", "Host: localhost", "Content-Length: 0", "Content-Length: 40"],
  ["DELETE /api/v1/clients/1 HTTP/1.1", "Host: localhost", "Content-Length: 0", "Transfer-Encoding: chunked"],
  ["DELETE /api/v1/clients/1 HTTP/1.1", "Host: localhost", "X: y\r\n continued"],
  ["DELETE /api/v1/clients/1 HTTP/1.1", "Host: localhost", "Host: evil.example"],
  ["DELETE /api/v1/clients/1 HTTP/1.1"],
  ["DELETE /api/v1/clients/1 HTTP/1.1\nHost: localhost"],
];
attackTest(32, "what is ambiguous is refused with 400, and kicks nobody", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  await harness.client();
  for (const lines of SMUGGLED) assertEquals(await api.raw(lines), 400, lines.join());
  assertEquals(await api.raw(["GET http://evil.example/api/v1/clients HTTP/1.1", "Host: localhost"]), 403);
  assertEquals(await api.raw(["GET http://localhost/api/v1/clients HTTP/1.1", "Host: evil.example"]), 200);
  assertEquals((await api.list("clients")).length, 1);
});
