/**
 * Who is ended by the API, who may do that, and what nobody may see: real clients, one thread and several.
 *
 * @module
 */
import { ApiHarness, withStream } from "../../support/http/api_harness.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "../../support/assert.ts";
import { avcKeyFrame } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";

Deno.test("DELETE /api/v1/clients/{id} ends publisher and player, reason kicked, and says so in the log", () =>
  withStream(async (api, harness) => {
    assertEquals([await api.kick(1), await api.kick(2)], [0, 0]);
    await harness.hooks.next("on_close");
    await harness.hooks.next("on_close");
    assertEquals(harness.hooks.linesOf(1).slice(2), [
      "on_unpublish live/livestream kicked",
      "on_close live kicked",
    ]);
    assertEquals(harness.hooks.linesOf(2).slice(2), [
      "on_stop live/livestream kicked",
      "on_close live kicked",
    ]);
    assertEquals(api.lines.map(([level, client, message]) => [level, client, message]), [
      ["trace", 1, "Connection ended by the API"],
      ["trace", 2, "Connection ended by the API"],
    ]);
  }));

Deno.test("DELETE ends nobody by an id that is written differently from the lists", () =>
  withStream(async (api) => {
    for (const id of ["01", "1.0", "+1", "1e0", "0x1"]) assertEquals(await api.kick(id), 2049, id);
    assertEquals((await api.list("clients")).length, 2);
  }));

Deno.test("DELETE ends a client that is only connected, and one that is asked about", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  await harness.client();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? new Promise(() => {}) : "yes";
  const asked = await harness.client();
  const published = assertRejects(() => asked.publish("livestream"), Error, "ended");
  await harness.hooks.next("on_publish");
  const shown = await api.list("clients");
  assertEquals(shown.map(({ type, name }) => [type, name]), [["rtmp-connect", ""], ["rtmp-connect", ""]]);
  assertEquals([await api.kick(1), await api.kick(2)], [0, 0]);
  await published;
  await harness.hooks.next("on_close");
  await harness.hooks.next("on_close");
  assertEquals(harness.hooks.linesOf(2).at(-1), "on_close live kicked");
});

Deno.test("DELETE keeps the name from the publisher's address: as configured, as ?hold says, and not with 0", async () => {
  await using harness = RtmpHarness.start({ publish: { kickHoldMs: 7000 } });
  await using api = await ApiHarness.start(harness.server);
  const seconds: (number | undefined)[] = [];
  for (const [name, query] of [["a", ""], ["b", "?hold=60"], ["c", "?hold=0"]] as const) {
    const client = await harness.client();
    await client.publish(name);
    const { request } = await harness.hooks.next("on_publish");
    assertEquals(await api.kick(request.client.clientId, query), 0);
    await client.closed;
    const { code, description } = await (await harness.client()).publish(name);
    const held = /^The operator ended this connection; this name is held for (\d+) s more$/.exec(description);
    assertEquals(code, held === null ? "NetStream.Publish.Start" : "NetStream.Publish.Rejected");
    seconds.push(held === null ? undefined : Number(held[1]));
  }
  assertEquals(seconds, [7, 60, undefined]);
  assertEquals(harness.hooks.lines.filter((line) => line.startsWith("on_publish")).length, 4);
});

Deno.test("DELETE with a hold that cannot be ends nobody and says what it may be", () =>
  withStream(async (api) => {
    const reply = await api.json("clients/1?hold=1h", { method: "DELETE" });
    assertEquals([reply["code"], reply["msg"]], [
      4904,
      'Cannot hold the name for "1h": hold is a number of seconds, 0 to 86400',
    ]);
    assertEquals((await api.list("clients")).length, 2);
  }));

for (const threads of [2, 3]) {
  Deno.test(`the API shows and kicks the clients of ${threads} threads`, async () => {
    await using harness = await ThreadedHarness.start({ threads });
    await using api = await ApiHarness.start(harness.server);
    const [publisher, ...players] = await harness.clientsOnAll();
    assert(publisher !== undefined);
    await publisher.publish("livestream");
    await publisher.sendVideo(avcKeyFrame(), 0);
    for (const player of players) await player.play("livestream");
    const clients = (await api.list("clients")).filter(({ stream }) => stream !== "");
    const ids = clients.map(({ id }) => Number(id));
    assertEquals(ids, [...ids].sort((a, b) => a - b));
    assertEquals(new Set(clients.map(({ stream }) => stream)).size, 1);
    const [stream, ...others] = await api.list("streams");
    assertEquals([stream?.["clients"], others.length], [threads, 0]);
    assertEquals(clients.filter((client) => client["publish"] === true).length, 1);
    for (const id of ids) assertEquals(await api.kick(id), 0);
    assertEquals(await api.kick(999_999), 2049);
    for (const client of [publisher, ...players]) assertEquals(await client.closed, "fin");
    await harness.server.drain();
    for (const id of ids) assertEquals(harness.hooks.linesOf(id).at(-1), "on_close live kicked");
  });
}

Deno.test("ThreadedServer.snapshot() and kick() find nobody once the threads are gone", async () => {
  const harness = await ThreadedHarness.start({ threads: 2 });
  await harness[Symbol.asyncDispose]();
  await using api = await ApiHarness.start(harness.server);
  assertEquals(await api.list("clients"), []);
  assertEquals(await api.kick(1), 2049);
});

Deno.test("GET /metrics counts the bytes of all threads", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  await using api = await ApiHarness.start(harness.server);
  await harness.clientsOnAll();
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  // Two handshakes of 3,073 bytes at least.
  assert(Number(/^srs_receive_bytes_total (\d+)$/m.exec(metrics)?.[1]) > 6146, metrics);
  assertMatch(metrics, /^srs_clients_active\{protocol="rtmp",role="none"\} [2-9]\d*$/m);
});

Deno.test("a page of another site can kick nobody, neither by rebinding nor by a form", () =>
  withStream(async (api) => {
    const port = api.port;
    const del = "DELETE /api/v1/clients/1 HTTP/1.1";
    assertEquals(await api.raw([del, `Host: evil.com:${port}`]), 403);
    assertEquals(await api.raw([del, `Host: evil.com:${port}`, `Origin: http://evil.com:${port}`]), 403);
    assertEquals(await api.raw([del, `Host: 127.0.0.1:${port}`, "Origin: http://evil.com"]), 403);
    assertEquals(await api.raw([del, `Host: localhost:${port}`, "Sec-Fetch-Site: cross-site"]), 403);
    assertEquals(await api.raw(["DELETE http://evil.com/api/v1/clients/1 HTTP/1.1", "Host: evil.com"]), 403);
    assertEquals(await api.raw(["GET /api/v1/clients HTTP/1.1", "Host: evil.com"]), 403);
    assertEquals(await api.raw(["GET /metrics HTTP/1.1", "Host: evil.com"]), 403);
    assertEquals((await api.list("clients")).length, 2);
    assertEquals(await api.raw([del, `Host: localhost:${port}`, `Origin: http://localhost:${port}`]), 200);
  }));

Deno.test("the API answers to a name that the configuration gives it", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, { hosts: ["srs.example.com"] });
  assertEquals(await api.raw(["GET /api/v1/versions HTTP/1.1", "Host: srs.example.com"]), 200);
  assertEquals(await api.raw(["GET /api/v1/versions HTTP/1.1", "Host: other.example.com"]), 403);
});

Deno.test("no reply may be read by another site's page, or run as a script", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const headers = { origin: "https://evil.com" };
  const reply = await fetch(`${api.url}/api/v1/versions?callback=alert&jsonp=alert`, { headers });
  const text = await reply.text();
  assert(text.startsWith("{") && !text.includes("alert"), text);
  assertEquals(reply.headers.get("access-control-allow-origin"), null);
  assertEquals(reply.headers.get("x-content-type-options"), "nosniff");
  assertStringIncludes(reply.headers.get("content-type") ?? "", "application/json");
});

Deno.test("a secret stream key is in no reply, however the client wrote it, before and after its renaming", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const answer = Promise.withResolvers<void>();
  harness.hooks.answer = async ({ event, stream }) => {
    if (event !== "on_publish") return "yes";
    await answer.promise;
    return { yes: { stream: stream?.stream === "k3y1" ? "public1" : "public2" } };
  };
  const plain = await harness.client();
  const extras = { pageUrl: "http://a/k3y2" };
  const inUrl = await harness.client({ tcUrl: "rtmp://127.0.0.1/live/k3y2", extras });
  const published = [plain.publish("k3y1?token=k3y3"), inUrl.publish("")];
  await harness.hooks.next("on_publish");
  await harness.hooks.next("on_publish");
  const seen = async (): Promise<string> => {
    const paths = ["/api/v1/clients", "/api/v1/streams", "/api/v1/vhosts", "/api/v1/hooks", "/metrics"];
    const replies = await Promise.all(paths.map((path) => fetch(`${api.url}${path}`)));
    return (await Promise.all(replies.map((reply) => reply.text()))).join("\n");
  };
  assert(!/k3y/.test(await seen()), "a key is seen while it is asked about");
  answer.resolve();
  await Promise.all(published);
  const after = await seen();
  assert(!/k3y/.test(after), after);
  assertStringIncludes(after, '"name":"public1"');
  assertStringIncludes(after, '"name":"public2"');
});
