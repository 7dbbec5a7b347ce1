import { MessageType } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { until } from "../support/wait.ts";
import { clientsNow } from "../support/stream/clients_now.ts";

const SECRET = "0123456789abcdef";

async function nextPicture(player: RtmpTestClient): Promise<void> {
  await player.waitFor(({ typeId, payload }) => typeId === MessageType.Video && payload[1] === 1);
}

/** Media waits for a flush. */
const SLOW = { minLatency: false };

Deno.test("a trusted edge gets each message at once, whatever mw_latency says", async () => {
  const host = { secret: SECRET };
  await using origin = ClusterServer.start({
    id: "vid-origin0",
    host,
    vhost: SLOW,
    play: { mwLatencyMs: 60_000 },
  });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  const publisher = await origin.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  const watching = await edge.client();
  await watching.play("cam");
  await nextPicture(watching);
  for (let frame = 1; frame <= 3; frame++) {
    await publisher.sendVideo(avcInterFrame(frame), frame * 40);
    await nextPicture(watching);
  }
});

Deno.test("limits of players do not count a trusted edge", async () => {
  const host = { secret: SECRET };
  await using origin = ClusterServer.start({
    id: "vid-origin0",
    host,
    limits: { maxPlayersPerStream: 1, maxPlayersPerVhost: 1 },
  });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  const player = await origin.client();
  assertEquals((await player.play("cam")).code, "NetStream.Play.Start");
  const watching = await edge.client();
  assertEquals((await watching.play("cam")).code, "NetStream.Play.Start");
  await until(() => origin.clients.filter(({ role }) => role === "play").length === 2);
  const second = await origin.client();
  assertEquals((await second.play("cam")).code, "NetStream.Play.Failed");
});

Deno.test("max_connections_per_ip does not hold for the networks of cluster.trusted", async () => {
  await using origin = ClusterServer.start({
    id: "vid-origin0",
    host: { trusted: ["127.0.0.0/8"] },
    limits: { maxConnectionsPerIp: 1 },
  });
  for (let i = 0; i < 3; i++) await origin.client();
  assertEquals(clientsNow(origin.media.clients).connections, 3);
});

Deno.test("max_connections_per_ip does not count an edge once it has proved the secret", async () => {
  const host = { secret: SECRET };
  await using origin = ClusterServer.start({ id: "vid-origin0", host, limits: { maxConnectionsPerIp: 2 } });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  const player = await edge.client();
  for (const name of ["one", "two", "three"]) {
    const { code } = name === "one" ? await player.play(name) : await (await edge.client()).play(name);
    assertEquals(code, "NetStream.Play.Start");
    await until(() => origin.clients.some(({ stream }) => stream === name));
  }
  // Others of its address have all of their share.
  for (let i = 0; i < 2; i++) await origin.client();
  assertEquals(clientsNow(origin.media.clients).connections, 5);
});

Deno.test("an origin's streams have the viewers of trusted edges, those of their edges included, and of no others", async () => {
  const host = { secret: SECRET };
  await using origin = ClusterServer.start({ id: "vid-origin0", host });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  await using outer = ClusterServer.start({ id: "vid-outer00", origins: [edge.port], host });
  await using foreign = ClusterServer.start({ id: "vid-foreign", origins: [origin.port] });
  const players = await Promise.all([
    edge.client(),
    edge.client(),
    outer.client(),
    origin.client(),
    foreign.client(),
  ]);
  for (const player of players) await player.play("cam");
  const viewers = () =>
    origin.clients.map(({ edgeViewers }) => edgeViewers).filter((count) => count !== undefined);
  const sweep = async () => {
    for (const server of [outer, edge, foreign]) await server.clock.skip(1000);
  };
  await until(async () => {
    await sweep();
    return viewers().join() === "3";
  });
  await players[0]?.close();
  await players[2]?.close();
  await until(async () => {
    await sweep();
    return viewers().join() === "1";
  });
});
