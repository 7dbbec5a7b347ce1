/**
 * The API of the server as a process: where it listens, what its client library sees, how it ends.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { avcKeyFrame } from "../support/stream/media.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { until } from "../support/wait.ts";
import { QUIET_TOML, ServerProcess } from "../support/process/server_process.ts";

const API_TOML = QUIET_TOML.replace("[http_api]\nenabled = false", '[http_api]\nlisten = "127.0.0.1:0"');

async function apiOf(server: ServerProcess): Promise<string> {
  const line = await server.waitForLine(/Listening for the API address=/);
  return `http://${/address=(\S+)/.exec(line)?.[1]}`;
}

for (const workers of [1, 2]) {
  Deno.test(`srs with ${workers} workers ends who is kicked, tells the hooks, and counts them`, async () => {
    await using receiver = await HookReceiver.start();
    const url = receiver.url();
    const events = ["on_connect", "on_close", "on_publish", "on_unpublish", "on_play", "on_stop"];
    const hooks = `\n[vhost.__defaultVhost__.http_hooks]\nenabled = true\n`;
    const toml = `workers = ${workers}\n${API_TOML}${hooks}${
      events.map((event) => `${event} = "${url}"`).join("\n")
    }\n`;
    await using server = await ServerProcess.start({ toml });
    const api = await apiOf(server);
    await server.waitForLine(/API +http:\/\/127\.0\.0\.1:\d+\/api\/v1/);
    await using publisher = await RtmpTestClient.connect({ port: server.port });
    await publisher.publish("livestream");
    await publisher.sendVideo(avcKeyFrame(), 0);
    await using player = await RtmpTestClient.connect({ port: server.port });
    await player.play("livestream");
    const { clients } = await (await fetch(`${api}/api/v1/clients`)).json();
    assertEquals(clients.length, 2);
    for (const { id } of clients) {
      const reply = await fetch(`${api}/api/v1/clients/${id}`, { method: "DELETE" });
      assertEquals((await reply.json()).code, 0);
    }
    assertEquals(await Promise.all([publisher.closed, player.closed]), ["fin", "fin"]);
    const ends = ["on_unpublish", "on_stop", "on_close"];
    const notified = await receiver.waitFor(({ action }) => ends.includes(action), 4);
    assertEquals(notified.map(({ json }) => json["reason"]), Array(4).fill("kicked"));
    assertEquals(
      notified.filter(({ action }) => action === "on_close").map(({ json }) => String(json["client_id"]))
        .sort(),
      clients.map(({ id }: { id: string }) => id).sort(),
    );
    const view = await (await fetch(`${api}/api/v1/hooks`)).json();
    const connects = view.hooks.endpoints.find(({ event }: { event: string }) => event === "on_connect");
    assertEquals([connects.calls, connects.verdicts.yes], [2, 2]);
  });
}

Deno.test("srs without an API says nothing of one and serves on", async () => {
  await using server = await ServerProcess.start();
  await server.stop();
  assertEquals(server.lines.filter((line) => line.includes("API")), []);
});

Deno.test("srs names the API's port that is taken and the way out", async () => {
  await using server = await ServerProcess.start({ toml: API_TOML });
  const taken = (await apiOf(server)).replace("http://", "");
  const toml = API_TOML.replace('[http_api]\nlisten = "127.0.0.1:0"', `[http_api]\nlisten = "${taken}"`);
  const error = await assertRejects(() => ServerProcess.start({ toml, listening: /ffplay/ }), Error);
  assertMatch(error.message, new RegExp(`srs: Cannot listen for the API on ${taken}: .*http_api\\.listen`));
});

Deno.test("srs ends in time although a client of its API keeps a connection open", async () => {
  await using server = await ServerProcess.start({ toml: API_TOML });
  const api = new URL(await apiOf(server));
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(api.port) });
  const text = "GET /api/v1/versions HTTP/1.1\r\nHost: localhost\r\n";
  await conn.write(new TextEncoder().encode(`${text}\r\n`));
  // The answer shows that the connection is accepted; the next request never becomes whole.
  assert(await conn.read(new Uint8Array(4096)) !== null);
  await conn.write(new TextEncoder().encode(text));
  const started = performance.now();
  const { code } = await server.stop();
  assertEquals(code, 0);
  assert(performance.now() - started < 50_000, "it waited for the request");
});

Deno.test("the API lists, replays and drops what a service refused, next to the deliveries", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_close", { status: 403 });
  const url = receiver.url("/hooks?token=hush");
  const toml = `${API_TOML.replace('path = ""', 'path = "outbox.db"')}
[vhost.__defaultVhost__.http_hooks]
enabled = true
on_close = "${url}"
`;
  await using server = await ServerProcess.start({ toml });
  const rows = `${await apiOf(server)}/api/v1/hooks/rows`;
  const dead = async () => (await (await fetch(`${rows}?state=dead`)).json()).rows;
  for (let i = 0; i < 2; i++) {
    const client = await RtmpTestClient.connect({ port: server.port });
    await client.close();
  }
  await until(async () => (await dead()).length === 2);
  const [one, two] = await dead();
  assertEquals(one.url, receiver.url("/hooks?token=***"));
  receiver.reply("on_close", 0);
  const replayed = await fetch(`${rows}/${one.id}/replay`, { method: "POST" });
  assertEquals((await replayed.json()).code, 0);
  const [, , again] = await receiver.waitFor("on_close", 3);
  assertEquals(again?.headers["webhook-id"], one.id);
  await until(async () => (await (await fetch(rows)).json()).total === 1);
  const dropped = await fetch(`${rows}/${two.id}`, { method: "DELETE" });
  assertEquals([(await dropped.json()).code, await dead()], [0, []]);
  assertEquals(receiver.requests.length, 3);
});
