/**
 * The listener: addresses, the bound on connections, the way out of a server.
 *
 * @module
 */
import { SystemClock } from "../../../system/system_clock.ts";
import { canonicalIp } from "../../../core/ip.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { defaultRtmpOptions, RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import { freePort } from "../../support/net/free_ports.ts";
import { RtmpServer } from "../../../rtmp/server/server.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

Deno.test("RtmpServer closes connections above max_connections at once and logs them together", async () => {
  await using harness = RtmpHarness.start({ maxConnections: 2 });
  const first = await harness.client();
  await harness.client();
  assertEquals(harness.server.connectionCount, 2);
  for (let i = 0; i < 3; i++) {
    const conn = await Deno.connect({ port: harness.port });
    assertEquals(await conn.read(new Uint8Array(1)), null);
    conn.close();
  }
  const { fields } = await harness.logged("Limit reached");
  assertEquals([fields.limit, fields.detail], ["max_connections", "2 already"]);
  const again = await harness.logged("Limit reached");
  assertEquals(again.fields.times, 2);
  assertEquals(harness.server.limitCounts().max_connections, 3);
  await first.close();
  await harness.hooks.next("on_close");
  await harness.client();
});

Deno.test("RtmpServer.drain() ends all sessions, reason shutdown, and accepts nobody", async () => {
  await using harness = RtmpHarness.start({ port: freePort() });
  const { port } = harness;
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  const opened = await harness.open();
  await harness.server.drain();
  assertEquals(await Promise.all([publisher.closed, player.closed, opened.closed]), ["fin", "fin", "fin"]);
  assertEquals(harness.server.connectionCount, 0);
  assertEquals(harness.hooks.linesOf(1).slice(-2), [
    "on_unpublish live/livestream shutdown",
    "on_close live shutdown",
  ]);
  assertEquals(harness.hooks.linesOf(2).slice(-2), [
    "on_stop live/livestream shutdown",
    "on_close live shutdown",
  ]);
  const refused = await Deno.connect({ port }).then((conn) => conn.close(), (error: unknown) => error);
  assert(refused instanceof Deno.errors.ConnectionRefused);
});

Deno.test("RtmpServer.drain() waits until endings are recorded", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  await client.publish("livestream");
  const recording = Promise.withResolvers<void>();
  harness.hooks.recording = recording.promise;
  let drained = false;
  const drain = harness.server.drain().then(() => drained = true);
  await client.closed;
  assert(!drained);
  recording.resolve();
  await drain;
  assertEquals(harness.hooks.open, 0);
});

Deno.test("RtmpServer.drain() ends a client that is being asked about", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? new Promise(() => {}) : "yes";
  const client = await harness.client();
  const started = assertRejects(() => client.publish("livestream"), Error, "ended");
  await harness.hooks.next("on_publish");
  await harness.server.drain();
  await started;
  assertEquals(harness.hooks.lines, [
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
