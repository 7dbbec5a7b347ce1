/**
 * The listener: addresses, the bound on connections, the way out of a server.
 *
 * @module
 */
import { SystemClock } from "../../../system/system_clock.ts";
import { canonicalIp } from "../../../core/ip.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { defaultRtmpOptions, RtmpBench } from "../../support/rtmp/rtmp_harness.ts";
import { RtmpServer } from "../../../rtmp/server/server.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

Deno.test("RtmpServer closes connections above max_connections at once and logs them together", async () => {
  await using bench = RtmpBench.start({ maxConnections: 2 });
  const first = await bench.client();
  await bench.client();
  assertEquals(bench.server.connectionCount, 2);
  for (let i = 0; i < 3; i++) {
    const conn = await Deno.connect({ port: bench.port });
    assertEquals(await conn.read(new Uint8Array(1)), null);
    conn.close();
  }
  const { fields } = await bench.logged("Limit reached");
  assertEquals([fields.limit, fields.detail], ["max_connections", "2 already"]);
  const again = await bench.logged("Limit reached");
  assertEquals(again.fields.times, 2);
  assertEquals(bench.server.limitCounts().max_connections, 3);
  await first.close();
  await bench.hooks.next("on_close");
  await bench.client();
});

Deno.test("RtmpServer.drain() ends all sessions, reason shutdown, and accepts nobody", async () => {
  await using bench = RtmpBench.start();
  const { port } = bench;
  const publisher = await bench.client();
  await publisher.publish("livestream");
  const player = await bench.client();
  await player.play("livestream");
  const shaken = await bench.open();
  await bench.server.drain();
  assertEquals(await Promise.all([publisher.closed, player.closed, shaken.closed]), ["fin", "fin", "fin"]);
  assertEquals(bench.server.connectionCount, 0);
  assertEquals(bench.hooks.linesOf(1).slice(-2), [
    "on_unpublish live/livestream shutdown",
    "on_close live shutdown",
  ]);
  assertEquals(bench.hooks.linesOf(2).slice(-2), [
    "on_stop live/livestream shutdown",
    "on_close live shutdown",
  ]);
  const refused = await Deno.connect({ port }).then((conn) => conn.close(), (error: unknown) => error);
  assert(refused instanceof Deno.errors.ConnectionRefused);
});

Deno.test("RtmpServer.drain() waits until endings are recorded", async () => {
  await using bench = RtmpBench.start();
  const client = await bench.client();
  await client.publish("livestream");
  const recording = Promise.withResolvers<void>();
  bench.hooks.recording = recording.promise;
  let drained = false;
  const drain = bench.server.drain().then(() => drained = true);
  await client.closed;
  assert(!drained);
  recording.resolve();
  await drain;
  assertEquals(bench.hooks.open, 0);
});

Deno.test("RtmpServer.drain() ends a client that is being asked about", async () => {
  await using bench = RtmpBench.start();
  bench.hooks.answer = ({ event }) => event === "on_publish" ? new Promise(() => {}) : "yes";
  const client = await bench.client();
  const started = assertRejects(() => client.publish("livestream"), Error, "ended");
  await bench.hooks.next("on_publish");
  await bench.server.drain();
  await started;
  assertEquals(bench.hooks.lines, [
    "on_connect 1 live",
    "on_publish 1 live/livestream",
    "on_close 1 live shutdown",
  ]);
});

Deno.test("RtmpServer.listen() leaves nothing open when one address is taken", () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const listen = [{ hostname: "127.0.0.1", port: 0 }, { hostname: "127.0.0.1", port: taken.addr.port }];
    assertThrows(() =>
      RtmpServer.listen({ ...defaultRtmpOptions(), listen }, {
        hooks: new HookScript(),
        log: { write: () => {} },
        clientIds: { next: () => 1 },
        clock: new SystemClock(),
        environment: realWireEnvironment(),
      }), Deno.errors.AddrInUse);
  } finally {
    taken.close();
  }
});

Deno.test("canonicalIp() takes the prefix of v4-mapped addresses off", () => {
  assertEquals(canonicalIp("::ffff:192.168.1.10"), "192.168.1.10");
  assertEquals(canonicalIp("::FFFF:10.0.0.1"), "10.0.0.1");
  assertEquals(canonicalIp("192.168.1.10"), "192.168.1.10");
  assertEquals(canonicalIp("fe80::1"), "fe80::1");
});
