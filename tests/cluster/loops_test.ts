import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { until } from "../support/wait.ts";

/** A port that was free a moment ago: what is to be in a ring has to know the others first. */
async function freePort(): Promise<number> {
  const probe = ClusterServer.start({ id: "vid-probe00" });
  const { port } = probe;
  await probe.stop();
  return port;
}

Deno.test("two edges in a ring refuse the player and the publisher, and name the servers of the loop", async () => {
  const port = await freePort();
  await using first = ClusterServer.start({ id: "vid-first00", origins: [port] });
  await using second = ClusterServer.start({ id: "vid-second0", origins: [first.port], port });
  const player = await first.client();
  const played = await player.play("cam");
  assertEquals(played.code, "NetStream.Play.Failed");
  assertStringIncludes(played.description, "loop: vid-first00, vid-second0, vid-first00");
  const publisher = await second.client();
  const published = await publisher.publish("cam");
  assertEquals(published.code, "NetStream.Publish.Rejected");
  assertStringIncludes(published.description, "loop: vid-second0, vid-first00, vid-second0");
  // One connection each way and stream, and none that stays.
  assertEquals([first.dialled, second.dialled], [2, 2]);
});

Deno.test("a publish at an edge whose origin is itself is refused", async () => {
  const port = await freePort();
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [port], port });
  const published = await (await edge.client()).publish("cam");
  assertEquals(published.code, "NetStream.Publish.Rejected");
  assertStringIncludes(published.description, "loop: vid-edge000, vid-edge000");
});

Deno.test("a pull whose source is the stream itself is refused, and ends", async () => {
  const port = await freePort();
  await using server = ClusterServer.start({
    id: "vid-server0",
    port,
    pulls: [{ url: `rtmp://127.0.0.1:${port}/live/cam`, app: "live", stream: "cam", isOnDemand: true }],
  });
  const played = await (await server.client()).play("cam");
  assertEquals(played.code, "NetStream.Play.Failed");
  assertStringIncludes(played.description, "loop: vid-server0, vid-server0");
});

Deno.test("players of a stream that never comes are ended after 5 minutes, as in a ring through another maker's server", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const player = await edge.client();
  assertEquals((await player.play("cam")).code, "NetStream.Play.Start");
  edge.clock.skip(299_000);
  assertEquals(edge.clients.length, 2);
  edge.clock.skip(1000);
  const ended = await edge.logged("Play ended");
  assertEquals(ended.fields.reason, "origin");
  assertStringIncludes(String((await edge.logged("Pull failed")).fields.error), "within 300 s");
  await until(() => origin.clients.length === 0);
});
