import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { MessageType } from "../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { ScriptedServer } from "../support/cluster/scripted_server.ts";
import { SilentRelay } from "../support/net/silent_relay.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

const SECRET = "0123456789abcdef";

function forwarding(destination: string): ClusterServer {
  return ClusterServer.start({
    id: "vid-server0",
    publish: { normalTimeoutMs: 3_600_000 },
    vhost: { forward: { enabled: true, destinations: [destination], backend: [] } },
    host: { secret: SECRET },
  });
}

Deno.test("the proof of the cluster's secret goes to origins, and not to the targets of forwards", async () => {
  await using target = new ScriptedServer();
  await using server = forwarding(`rtmp://127.0.0.1:${target.port}/app/key`);
  await (await server.client()).publish("cam");
  const forward = await (await target.client()).command("connect");
  const said = forward.args[1];
  assertEquals(said instanceof Amf0Object && [said.get("srs_id"), said.get("srs_proof")], [
    "vid-server0",
    undefined,
  ]);
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [target.port],
    host: { secret: SECRET },
  });
  const publishing = (await edge.client()).publish("cam").catch(() => undefined);
  const push = await (await target.client()).command("connect");
  const proven = push.args[1];
  assertEquals(proven instanceof Amf0Object && typeof proven.get("srs_proof"), "string");
  await edge.stop();
  await publishing;
});

Deno.test("a publish at an edge reaches an origin that takes no joined flight, step by step", async () => {
  await using origin = new ScriptedServer();
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const publishing = (await edge.client()).publish("cam");
  const first = await origin.client();
  await first.connected(5);
  const second = await origin.client();
  await second.connected(5);
  assertEquals((await second.command("publish")).args[1], "cam");
  await second.status("status", "NetStream.Publish.Start");
  assertEquals((await publishing).code, "NetStream.Publish.Start");
  assertEquals(edge.log.filter(({ message }) => message === "Push failed"), []);
});

Deno.test("a publish at an edge reaches an origin that resets a joined flight, step by step", async () => {
  await using origin = new ScriptedServer();
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], resets: 1 });
  const publishing = (await edge.client()).publish("cam");
  await origin.client();
  const second = await origin.client();
  await second.command("connect");
  assertEquals(second.messages.items.filter(({ typeId }) => typeId === MessageType.CommandAmf0), []);
  assertEquals(edge.log.filter(({ message }) => message === "Push failed"), []);
  await edge.clock.skipUntil(publishing);
});

Deno.test("an origin may redirect a publish each time that the connection was lost", async () => {
  await using origin = new ScriptedServer();
  await using other = new ScriptedServer();
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const publisher = await edge.client();
  const publishing = publisher.publish("cam");
  const ex = Amf0Object.of({ code: 302, redirect2: `rtmp://127.0.0.1:${other.port}/live/cam` });
  for (let time = 0; time < 6; time++) {
    const peer = await origin.client();
    await peer.connected();
    await peer.status("error", "NetStream.Publish.Rejected", { ex });
    const taker = await other.client();
    await taker.accept();
    if (time === 0) assertEquals((await publishing).code, "NetStream.Publish.Start");
    await edge.logged("Push accepted");
    taker.close();
    await edge.clock.skipUntil(edge.logged("Push failed"));
  }
  assertEquals(edge.log.filter(({ message }) => message === "Publish ended"), []);
});

Deno.test("a publish at an edge that lost its origin goes back to it first", async () => {
  await using one = new ScriptedServer();
  await using two = new ScriptedServer();
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [one.port, two.port],
    cluster: { balance: "order" },
  });
  const publishing = (await edge.client()).publish("cam");
  const first = await one.client();
  await first.accept();
  await publishing;
  first.close();
  await edge.clock.skipUntil(one.client());
  assertEquals(two.accepted, 0);
});

Deno.test("a target that is not there says so each time, whatever failed before", async () => {
  await using target = new ScriptedServer();
  await using server = forwarding(`rtmp://127.0.0.1:${target.port}/app/[stream]`);
  await (await server.client()).publish("cam");
  const first = await target.client();
  await first.connected();
  await first.status("error", "NetStream.Publish.Denied");
  assertEquals((await server.logged("Push failed")).fields.error, "NetStream.Publish.Denied");
  const second = await server.clock.skipUntil(target.client());
  second.close();
  const error = (await server.logged("Push failed")).fields.error;
  assertEquals(error, "It closed the connection");
});

Deno.test("a target that accepts and closes is tried ever more rarely, until it has taken the stream for a while", async () => {
  await using target = new ScriptedServer();
  await using server = forwarding(`rtmp://127.0.0.1:${target.port}/app/[stream]`);
  const publisher = await server.client();
  await publisher.publish("cam");
  let peer = await target.client();
  const closeAfter = async (ms: number): Promise<number> => {
    await peer.accept();
    await server.logged("Push accepted");
    await publisher.sendVideo(avcKeyFrame(), server.clock.now());
    await peer.messages.take(({ typeId }) => typeId === MessageType.Video, "a picture");
    if (ms > 0) await server.clock.skip(ms);
    peer.close();
    await server.logged("Push failed");
    const failedMs = server.clock.now();
    peer = await server.clock.skipUntil(target.client());
    return server.clock.now() - failedMs;
  };
  for (const mostMs of [1000, 2000, 4000, 8000]) {
    const waitedMs = await closeAfter(0);
    assert(waitedMs > 0.75 * mostMs && waitedMs < 1.25 * mostMs, `${waitedMs} of ${mostMs} ms`);
  }
  const waitedMs = await closeAfter(10_000);
  assert(waitedMs < 1250, `${waitedMs} ms`);
});

Deno.test("the names of a stream are in a target's address as they are, whatever they hold", async () => {
  await using target = new ScriptedServer();
  await using server = forwarding(`rtmp://127.0.0.1:${target.port}/[app]/[vhost]-[stream]`);
  await (await server.client()).publish("x$$y$&");
  const peer = await target.client();
  await peer.connected();
  assertEquals((await peer.command("publish")).args[1], "localhost-x$$y$&");
});

Deno.test("a target that cannot be used is named in the log, without its key", async () => {
  await using target = new ScriptedServer();
  await using server = ClusterServer.start({
    id: "vid-server0",
    vhost: {
      forward: {
        ...{ enabled: true, backend: [] },
        destinations: [1, 2].map(() => `rtmp://127.0.0.1:${target.port}/app/a-long-key`),
      },
    },
  });
  await (await server.client()).publish("cam");
  const { to, error } = (await server.logged("Cannot forward")).fields;
  assertEquals(to, `rtmp://127.0.0.1:${target.port}/app/***`);
  assertEquals(error, "The stream is brought to this target already");
});

Deno.test("a publish at an edge goes to its next origin when the first one is not there", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  await using origin = new ScriptedServer();
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [closed.addr.port, origin.port],
    cluster: { balance: "order" },
  });
  const publishing = (await edge.client()).publish("cam");
  await (await origin.client()).accept();
  assertEquals((await publishing).code, "NetStream.Publish.Start");
  assertEquals(edge.dialled, 2);
});

Deno.test("a target that says nothing after it has accepted, and answers no ping, is not lost while it takes media", async () => {
  await using target = new ScriptedServer();
  await using server = forwarding(`rtmp://127.0.0.1:${target.port}/app/key`);
  const publisher = await server.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  const peer = await target.client();
  await peer.accept();
  await server.logged("Push accepted");
  const isVideo = ({ typeId }: { readonly typeId: number }) => typeId === MessageType.Video;
  for (let second = 0; second < 40; second++) {
    await publisher.sendVideo(avcKeyFrame(), second * 1000);
    await peer.messages.take(isVideo, "a picture");
    await server.clock.skip(1000);
  }
  assertEquals(server.log.filter(({ message }) => message === "Push failed"), []);
  assertEquals(target.accepted, 1);
});

Deno.test("a target that has answered pings is lost when it falls silent, however much its socket takes", async () => {
  await using target = ClusterServer.start({ id: "vid-target0" });
  await using cut = SilentRelay.to(target.port);
  await using server = forwarding(`rtmp://127.0.0.1:${cut.port}/app/key`);
  const publisher = await server.client();
  await publisher.publish("cam");
  await server.logged("Push accepted");
  const received = () => target.clients[0]?.recvBytes ?? 0;
  // The first ping is sent after 10 s: its answer has come long before the 25th.
  for (let second = 0; second < 25; second++) {
    const before = received();
    await publisher.sendVideo(avcKeyFrame(), second * 1000);
    await until(() => received() > before);
    await server.clock.skip(1000);
  }
  cut.cut();
  let later = 25;
  await until(async () => {
    await publisher.sendVideo(avcKeyFrame(), later++ * 1000);
    await server.clock.skip(1000);
    return server.log.some(({ message }) => message === "Push failed");
  });
  assertEquals((await server.logged("Push failed")).fields.error, "Nothing came for 15000 ms");
});
