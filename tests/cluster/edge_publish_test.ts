import { MessageType } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";

Deno.test("an edge pushes what is published there to its origin, and passes its refusals on", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const publisher = await edge.client();
  assertEquals((await publisher.publish("cam?key=1")).code, "NetStream.Publish.Start");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  const player = await origin.client();
  await player.play("cam");
  await player.waitFor(({ typeId, payload }) => typeId === MessageType.Video && payload[1] === 1);
  origin.hooks.answer = ({ event }) => event === "on_publish" ? { no: "Not you" } : "yes";
  const second = await edge.client();
  const status = await second.publish("other");
  assertEquals([status.code, status.description], ["NetStream.Publish.Rejected", "Not you"]);
});

Deno.test("a stream is forwarded to the targets of its vhost under its own name, and no longer than it is published", async () => {
  await using target = ClusterServer.start({ id: "vid-target0" });
  const destinations = [`rtmp://127.0.0.1:${target.port}/[app]/[stream]`];
  await using server = ClusterServer.start({
    id: "vid-server0",
    vhost: { forward: { enabled: true, destinations, backend: [] } },
  });
  const publisher = await server.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  const player = await target.client();
  await player.play("cam");
  await player.waitFor(({ typeId, payload }) => typeId === MessageType.Video && payload[1] === 1);
  await publisher.leave("cam");
  const ended = await target.logged("Publish ended");
  assertEquals(ended.fields.reason, "client");
});

Deno.test("a publisher of an edge that is kicked at the origin learns why", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const publisher = await edge.client();
  await publisher.publish("cam");
  await edge.logged("Push accepted");
  const pushed = origin.clients.find(({ role }) => role === "publish");
  origin.media.clients.kick(pushed?.clientId ?? 0);
  const { info } = await publisher.status("NetStream.Publish.Rejected");
  assertEquals(info.get("description"), "The operator ended this connection");
});
