import { MessageType } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

async function nextPicture(player: RtmpTestClient): Promise<number> {
  const message = await player.waitFor(({ typeId, payload }) =>
    typeId === MessageType.Video && payload[1] === 1
  );
  return message.timestamp;
}

Deno.test("the first key frame of a pull does not wait for a flush, however many reads it takes to come", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [origin.port],
    vhost: { minLatency: false },
    play: { mwLatencyMs: 600_000 },
  });
  const publisher = await origin.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  const player = await edge.client();
  await player.play("cam");
  await player.waitFor(({ typeId }) => typeId === MessageType.Video);
  await publisher.sendVideo(avcKeyFrame(), 0);
  assertEquals(await nextPicture(player), 0);
});

Deno.test("an edge pulls a stream once for all its players, and lets it go after the last", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const publisher = await origin.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  const players = await Promise.all([edge.client(), edge.client()]);
  for (const player of players) assertEquals((await player.play("cam?t=1")).code, "NetStream.Play.Start");
  for (const player of players) await nextPicture(player);
  assertEquals(origin.clients.filter(({ role }) => role === "play").length, 1);
  assertEquals(edge.clients.find(({ protocol }) => protocol === "pull")?.role, "publish");
  assertEquals(edge.dialled, 1);
  for (const player of players) await player.close();
  await edge.logged("Play ended");
  edge.clock.skip(10_000);
  await until(() => origin.clients.every(({ role }) => role !== "play"));
  await until(() => edge.clients.length === 0);
});

Deno.test("an edge learns each time that the publisher at its origin has gone: what it pulled is live no longer, and its players stay", async () => {
  const host = { secret: "a-secret-of-this-test" };
  await using origin = ClusterServer.start({ id: "vid-origin0", host });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  const player = await edge.client();
  await player.play("cam");
  for (let turn = 0; turn < 2; turn++) {
    const publisher = await origin.client();
    await publisher.publish("cam");
    await publisher.sendVideo(avcSequenceHeader(), 0);
    await publisher.sendVideo(avcKeyFrame(), 0);
    await nextPicture(player);
    const isPublished = () => edge.clients.some(({ role }) => role === "publish");
    await until(isPublished);
    await publisher.close();
    await until(() => !isPublished());
  }
  assertEquals(edge.clients.filter(({ role }) => role === "play").length, 1);
  assertEquals(edge.dialled, 1);
});
