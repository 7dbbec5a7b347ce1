/**
 * What can be seen of a server: clients, their streams and bytes, and nothing that was hidden; and the kick.
 *
 * @module
 */
import { TrafficMeter } from "../../../stream/admission/clients/traffic_meter.ts";
import { mergeSnapshots, NO_USAGE, type ServerSnapshot } from "../../../stream/live/snapshot.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { aacFrame, avcKeyFrame } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

Deno.test("RtmpServer.snapshot() shows a publisher and its player with their stream and bytes", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client({
    extras: { pageUrl: "http://a/page", swfUrl: "http://a/player.swf" },
  });
  await publisher.publish("livestream?token=x");
  await publisher.sendVideo(avcKeyFrame(), 0);
  await publisher.sendAudio(aacFrame(), 10);
  const player = await harness.client();
  await player.play("livestream");
  const { clients, connections, accepted, usage } = await harness.server.snapshot();
  assertEquals([connections, accepted], [2, 2]);
  assertEquals(await harness.server.totals(), { connections, accepted, usage });
  const [first, second] = clients;
  assert(first !== undefined && second !== undefined);
  assertEquals([first.role, second.role], ["publish", "play"]);
  assertEquals([first.stream, first.streamUrl, first.streamId], [
    "livestream",
    "/live/livestream",
    second.streamId,
  ]);
  assertEquals([first.tcUrl, first.pageUrl, first.swfUrl], [
    `rtmp://127.0.0.1:${harness.port}/live`,
    "http://a/page",
    "http://a/player.swf",
  ]);
  assertEquals([first.publication?.media.videoCodec, first.publication?.videoMessages], ["H264", 1]);
  assertEquals(usage.recvBytes, first.recvBytes + second.recvBytes);
  assert(first.recvBytes > 3000 && second.sendBytes > 3000, "handshakes count");
});

Deno.test("RtmpServer.snapshot() counts bytes of connections that are gone, and shows no client of them", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  await client.close();
  await harness.hooks.next("on_close");
  await harness.server.drain();
  const { clients, connections, accepted, usage } = await harness.server.snapshot();
  assertEquals({ clients, connections, accepted }, { clients: [], connections: 0, accepted: 1 });
  assertEquals(await harness.server.totals(), { connections, accepted, usage });
  assert(usage.recvBytes > 3000, "the handshake counts");
});

Deno.test("RtmpServer.snapshot() shows no name before its answer, and never one that the service hid", async () => {
  await using harness = RtmpHarness.start();
  const asked = Promise.withResolvers<void>();
  harness.hooks.answer = async ({ event }) => {
    if (event !== "on_publish") return "yes";
    await asked.promise;
    return { yes: { stream: "public" } };
  };
  const options = { tcUrl: "rtmp://127.0.0.1/live/s3cret", extras: { pageUrl: "http://a/s3cret" } };
  const client = await harness.client(options);
  const published = client.publish("");
  await harness.hooks.next("on_publish");
  const [waiting] = (await harness.server.snapshot()).clients;
  assertEquals([waiting?.role, waiting?.stream, waiting?.tcUrl], ["none", "", "rtmp://127.0.0.1/live"]);
  asked.resolve();
  await published;
  const { clients } = await harness.server.snapshot();
  assertEquals([clients[0]?.role, clients[0]?.stream], ["publish", "public"]);
  assert(!JSON.stringify(clients).includes("s3cret"), JSON.stringify(clients));
});

Deno.test("RtmpServer.kick() ends a publisher and its player, reason kicked", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  assertEquals(await Promise.all([1, 2, 3].map((id) => harness.server.kick(id))), [true, true, false]);
  assertEquals(await Promise.all([publisher.closed, player.closed]), ["fin", "fin"]);
  await harness.hooks.next("on_close");
  await harness.hooks.next("on_close");
  assertEquals(harness.hooks.linesOf(1).slice(2), [
    "on_unpublish live/livestream kicked",
    "on_close live kicked",
  ]);
  assertEquals(harness.hooks.linesOf(2).slice(2), ["on_stop live/livestream kicked", "on_close live kicked"]);
});

Deno.test("TrafficMeter.rates() is about the latest 30 to 35 seconds", () => {
  const meter = new TrafficMeter(1000);
  assertEquals(meter.rates(1001, { sendBytes: 125, recvBytes: 250 }), { sendKbps: 1, recvKbps: 2 });
  // 1,000 bytes a second for a minute, then silence.
  for (let second = 1; second <= 120; second++) {
    const bytes = Math.min(second, 60) * 1000;
    meter.sample(1000 + second * 1000, { sendBytes: bytes, recvBytes: 0 });
    const { sendKbps } = meter.rates(1000 + second * 1000, { sendBytes: bytes, recvBytes: 0 });
    if (second <= 60) assertEquals(sendKbps, 8, `second ${second}`);
    if (second >= 96) assertEquals(sendKbps, 0, `second ${second}`);
  }
});

Deno.test("TrafficMeter adds the jumps of all plays", () => {
  const meter = new TrafficMeter(0);
  meter.playEnded({ jumps: 2, droppedMs: 100 });
  meter.playEnded({ jumps: 1, droppedMs: 50 });
  assertEquals(meter.jumpsWith(undefined), { jumps: 3, droppedMs: 150 });
  assertEquals(meter.jumpsWith({ jumps: 1, droppedMs: 1 }), { jumps: 4, droppedMs: 151 });
});

Deno.test("RtmpServer.snapshot() cuts a tcUrl where a stream key may follow", async () => {
  await using harness = RtmpHarness.start();
  await harness.client({ tcUrl: "rtmp://h:1/live/key?token=x" });
  const { clients } = await harness.server.snapshot();
  assertEquals([clients[0]?.tcUrl, clients[0]?.app], ["rtmp://h:1/live", "live"]);
});

Deno.test("mergeSnapshots() puts the clients of all threads in order and adds them up", async () => {
  await using harness = RtmpHarness.start();
  await harness.client();
  await harness.client();
  const whole = await harness.server.snapshot();
  const part = (at: number): ServerSnapshot => ({
    ...whole,
    clients: whole.clients.slice(at, at + 1),
    usage: { ...NO_USAGE, jumps: 1 },
  });
  const merged = mergeSnapshots([part(1), part(0)]);
  assertEquals(merged.clients.map(({ clientId }) => clientId), [1, 2]);
  assertEquals([merged.connections, merged.usage.jumps], [4, 2]);
});
