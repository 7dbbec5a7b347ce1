import { testHlsState } from "../../support/hls/hls_state.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { OPEN_ACCESS } from "../../../stream/admission/access/options.ts";
import { freePort } from "../../support/net/free_ports.ts";
import { ThreadedServer } from "../../../app/threads/threaded_server.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { until } from "../../support/wait.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { defaultRtmpOptions, testPlayerOptions, testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";
import { NO_RECORDINGS } from "../../support/record/no_recordings.ts";
import { LogThreshold } from "../../../system/log/log_threshold.ts";

Deno.test("ThreadedServer counts connections and keeps max_connections over all threads", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2, maxConnections: 6 });
  const clients: RtmpTestClient[] = [];
  for (let i = 0; i < 6; i++) clients.push((await harness.client()).client);
  assertEquals(harness.server.connectionCount, 6);
  for (let i = 0; i < 8; i++) {
    const conn = await Deno.connect({ port: harness.port });
    assertEquals(await conn.read(new Uint8Array(1)), null);
    conn.close();
  }
  assertEquals(harness.server.connectionCount, 6);
  await clients[0]?.close();
  // It is reported first and counted out then, in another thread.
  await until(() => harness.server.connectionCount !== 6);
  await harness.client();
});

Deno.test("ThreadedServer.drain() ends the sessions of all threads, reason shutdown, and accepts nobody", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2, port: freePort() });
  const { port } = harness;
  const clients = await harness.clientsOnAll();
  for (const [i, client] of clients.entries()) await client.publish(`stream${i}`);
  const recording = Promise.withResolvers<void>();
  harness.hooks.recording = recording.promise;
  let drained = false;
  const drain = harness.server.drain().then(() => drained = true);
  assertEquals(await Promise.all(clients.map(({ closed }) => closed)), ["fin", "fin"]);
  assert(!drained, "endings are not recorded yet");
  recording.resolve();
  await drain;
  const endings = harness.hooks.records.filter(({ event }) => event === "on_unpublish");
  assertEquals(endings.map(({ ending }) => ending?.reason), ["shutdown", "shutdown"]);
  const refused = await Deno.connect({ port }).then((conn) => conn.close(), (error: unknown) => error);
  assert(refused instanceof Deno.errors.ConnectionRefused);
});

Deno.test("ThreadedServer.openListeners() opens nothing once nobody is accepted: a reload may be on its way", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const { port, server } = harness;
  const addresses = server.addresses;
  await server.stopAccepting();
  await assertRejects(() => server.openListeners(addresses), Error, "The server is stopping");
  await server.keepListeners(addresses);
  await assertRejects(() => Deno.connect({ port }), Deno.errors.ConnectionRefused);
});

function listenOn(port: number): Promise<ThreadedServer> {
  const listen = [{ hostname: "127.0.0.1", port }];
  return ThreadedServer.listen({ rtmp: { ...testRtmpOptions({}), listen }, http: testPlayerOptions() }, {
    hooks: new HookScript(),
    log: { write: () => {}, writePlain: () => {} },
    clientIds: { next: () => 1 },
    threads: 2,
    logThreshold: LogThreshold.at("trace"),
    hookedVhosts: [],
    clock: new SystemClock(),
    hls: testHlsState(),
    recordings: NO_RECORDINGS,
    random: (length) => realWireEnvironment().random(length),
  });
}

Deno.test("ThreadedServer.listen() leaves nothing open when the port is taken", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const error = await assertRejects(() => listenOn(taken.addr.port), Error);
    assertEquals(error.name, "AddrInUse");
  } finally {
    taken.close();
  }
});

Deno.test("ThreadedServer: wrong keys of one address count over all threads", async () => {
  const credentials = { ...OPEN_ACCESS.credentials, publishKeys: ["the-right-key-0001"] };
  const { limits } = defaultRtmpOptions();
  const guessing = { ...limits.guessing, maxWrongKeys: 4, delayMs: 0 };
  await using harness = await ThreadedHarness.start({
    threads: 2,
    vhost: { access: { ...OPEN_ACCESS, credentials } },
    limits: { guessing },
  });
  const answers: string[] = [];
  for (let i = 0; i < 3; i++) {
    for (const client of await harness.clientsOnAll()) {
      answers.push((await client.publish(`livestream?key=guess${i}`)).description);
    }
  }
  const [wrong, cutOff] = ["The key is wrong", "Too many wrong keys from this address"];
  assertEquals(answers, [wrong, wrong, wrong, wrong, cutOff, cutOff]);
});

Deno.test("ThreadedServer: a name that one thread knows for a key is in no line of another", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  const [publisher, other] = await harness.clientsOnAll();
  assert(publisher !== undefined && other !== undefined);
  await publisher.publish("secret-key");
  const [{ clientId } = { clientId: 0 }] = (await harness.server.snapshot()).clients
    .filter(({ role }) => role === "publish");
  assert(await harness.server.kick(clientId, { holdMs: 60_000 }));
  await publisher.closed;
  assertEquals((await other.publish("secret-key")).code, "NetStream.Publish.Rejected");
  assertEquals((await harness.logged("Publish refused")).fields.stream, "***");
});

Deno.test("ThreadedServer writes the line of a limit that had to wait, without another hit", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  for (const detail of ["first", "second"]) harness.server.limits.hit("accept_failed", { detail });
  const lines = [await harness.logged("Limit reached"), await harness.logged("Limit reached")];
  assertEquals(lines.map(({ fields }) => fields.detail), ["first", "second"]);
});
