/**
 * Bans of an address, a network and a stream, with a publisher and viewers by RTMP, FLV and HLS there: all of them end,
 * come back to a refusal that no hook is asked about, also after a restart, and are let in when the ban is lifted.
 *
 * @module
 */
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { FlvClient } from "../support/http/flv_client.ts";
import { EventClient } from "../support/http/event_client.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { until } from "../support/wait.ts";

const EVENTS = ["on_connect", "on_close", "on_publish", "on_unpublish", "on_play", "on_stop"];

/** A server, its API and its players' port. */
interface Running extends AsyncDisposable {
  readonly server: ServerProcess;
  readonly api: string;
  readonly http: number;
}

async function start(directory: string, workers: number, hooks: string): Promise<Running> {
  const toml = `listen = "127.0.0.1:0"
workers = ${workers}
http_api.listen = "127.0.0.1:0"
http_server.listen = "127.0.0.1:0"
hooks.outbox.path = ""
[vhost.__defaultVhost__.hls]
hls_fragment = 1
[vhost.__defaultVhost__.http_hooks]
enabled = true
${EVENTS.map((event) => `${event} = "${hooks}"`).join("\n")}
`;
  const server = await ServerProcess.start({ toml, directory });
  const portOf = async (line: RegExp) => Number(/:(\d+)$/.exec(await server.waitForLine(line))?.[1]);
  const http = await portOf(/Listening for players by HTTP address=127/);
  const api = `http://127.0.0.1:${await portOf(/Listening for the API address=127/)}/api/v1`;
  return { server, api, http, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** An answer of the API. */
async function call(url: string, init: RequestInit = {}): Promise<Readonly<Record<string, unknown>>> {
  return await (await fetch(url, init)).json();
}

async function ban(api: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
  const headers = { "Content-Type": "application/json" };
  return await call(`${api}/bans`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function typesOf(api: string): Promise<readonly unknown[]> {
  const { clients } = await call(`${api}/clients`);
  assert(Array.isArray(clients));
  return clients.map(({ type }) => type).sort();
}

/** The status of an HLS playlist, the master's redirect or list followed to one with media. */
async function hlsStatus(http: number): Promise<number> {
  const url = `http://127.0.0.1:${http}/live/cam.m3u8`;
  const reply = await fetch(url);
  const text = await reply.text();
  const inner = text.split("\n").find((line) => line !== "" && !line.startsWith("#"));
  if (reply.status !== 200 || inner === undefined) return reply.status;
  const media = await fetch(new URL(inner, reply.url));
  await media.body?.cancel();
  return media.status;
}

/** Follow these kinds of events. */
async function listen(api: string, kinds: string): Promise<EventClient> {
  return await EventClient.listen({ port: Number(new URL(api).port), query: `?kind=${kinds}` });
}

/** Nobody is let in. */
async function assertShutOut({ server, http }: Running): Promise<void> {
  await assertRejects(() => LivePublisher.publish(server.port, "cam"), Error);
  await assertRejects(() => GapPlayer.play(server.port, "cam"), Error);
  await using viewer = await FlvClient.send({ port: http, path: "/live/cam.flv" });
  assertEquals(await viewer.status(), 403);
  assertEquals(await hlsStatus(http), 403);
}

const BANS = [
  { kind: "ip", value: "127.0.0.1" },
  { kind: "network", value: "127.0.0.0/8" },
  { kind: "stream", value: "/live/cam" },
];

for (const [index, { kind, value }] of BANS.entries()) {
  const workers = index === 1 ? 2 : 1;
  Deno.test(`a ban of ${kind} ${value} with ${workers} workers ends all, and shuts out over a restart`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
    try {
      await using receiver = await HookReceiver.start();
      let id: unknown;
      {
        await using running = await start(directory, workers, receiver.url());
        const { server, api, http } = running;
        await using listener = await listen(api, "on_hls,ban");
        await using _publisher = await LivePublisher.publish(server.port, "cam");
        await using _player = await GapPlayer.play(server.port, "cam");
        await using viewer = await FlvClient.send({ port: http, path: "/live/cam.flv" });
        assertEquals(await viewer.status(), 200);
        assertEquals(await hlsStatus(http), 200);
        const all = ["flv-play", "fmle-publish", "hls-play", "rtmp-play"];
        assertEquals(await typesOf(api), all);
        const segment = await listener.events.take(({ kind }) => kind === "on_hls", "a segment");
        // The first client of the thread that got it: each thread counts on from a thousand of its own.
        assertEquals([Number(segment.data["client_id"]) % 1000, segment.data["stream"]], [1, "cam"]);
        const reply = await ban(api, { kind, value, reason: "a test" });
        const event = await listener.events.take(({ kind }) => kind === "ban", "the ban");
        assertEquals([event.data["kind"], event.data["value"], event.data["reason"]], [
          kind,
          value,
          "a test",
        ]);
        assertEquals([reply["code"], reply["ended"]], [0, 4]);
        await until(async () => (await typesOf(api)).length === 0);
        await receiver.waitFor("on_close", 2);
        const asked = receiver.actions().length;
        await assertShutOut(running);
        // A stream is known after `connect` alone.
        const later = receiver.actions().slice(asked);
        assertEquals(
          later.filter((action) => kind !== "stream" || !/^on_(?:connect|close)$/.test(action)),
          [],
        );
        const { bans, total } = await call(`${api}/bans`);
        assert(Array.isArray(bans));
        assertEquals([total, bans[0].value, bans[0].reason], [1, value, "a test"]);
        id = bans[0].id;
      }
      await using running = await start(directory, workers, receiver.url());
      const { server, api } = running;
      await assertShutOut(running);
      await server.waitForLine(/rule=ban description="This (?:address|stream) is banned"/);
      assertEquals((await call(`${api}/bans/${id}`, { method: "DELETE" }))["code"], 0);
      await using publisher = await LivePublisher.publish(server.port, "cam");
      await using _player = await GapPlayer.play(server.port, "cam");
      assertEquals(await hlsStatus(running.http), 200);
      assert(publisher.frames >= 0);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

Deno.test("a ban ends by itself, and a file of bans that cannot be read keeps the server from starting", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await using receiver = await HookReceiver.start();
    {
      await using running = await start(directory, 1, receiver.url());
      const { server, api } = running;
      await using listener = await listen(api, "ban,unban");
      await ban(api, { kind: "stream", value: "/live/cam", seconds: 1.5 });
      await assertRejects(() => LivePublisher.publish(server.port, "cam"), Error);
      assertEquals((await listener.next()).data["cause"], undefined);
      assertEquals((await listener.next()).data["cause"], "expired");
      assertEquals((await call(`${api}/bans`))["total"], 0);
      await using _publisher = await LivePublisher.publish(server.port, "cam");
    }
    const file = `${directory}/objs/srs.bans.json`;
    assertEquals(Number((await Deno.stat(file)).mode) & 0o777, 0o600);
    await Deno.writeTextFile(file, '[{"id": "x"');
    const error = await assertRejects(() => start(directory, 1, receiver.url()), Error);
    assertMatch(error.message, /Cannot read the bans in objs\/srs.bans.json: .* move it away/s);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
