/**
 * Attacks on the management API: pages of other sites, scripts in names, anything that asks it to do more.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { ApiBench, asBody, withStream } from "../support/api_bench.ts";
import { attackTest } from "../support/attacks.ts";
import { RtmpBench } from "../support/rtmp_bench.ts";

const KICK = "DELETE /api/v1/clients/1 HTTP/1.1";

attackTest(
  23,
  "there is no JSONP: a callback changes nothing, and a reply is never a script",
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
  await using bench = RtmpBench.start();
  await using api = await ApiBench.start(bench.server);
  const churn = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      const client = await bench.client();
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
  29,
  "a listing or a script in a reply: what is not there is JSON, and says nothing of what was asked",
  () =>
    withStream(async (api) => {
      for (
        const path of ["/", "/<script>alert(1)</script>", "/api/v1/<img src=x>", "/objs/", "/.git/config"]
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
