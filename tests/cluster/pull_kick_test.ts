import { assert, assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

Deno.test("a pull that is kicked makes no attempt while its name is held, also where it was between two", async () => {
  const source = ClusterServer.start({ id: "vid-source0" });
  const { port } = source;
  const pull = { url: `rtmp://127.0.0.1:${port}/live/cam`, app: "live", stream: "one", isOnDemand: false };
  await using server = ClusterServer.start({ id: "vid-server0", pulls: [pull] });
  await source.stop();
  await server.logged("Pull failed");
  await until(async () => {
    const answer = await server.cluster.pulls.obey({ kind: "list" });
    return answer.kind === "pulls" && answer.pulls[0]?.state === "waiting";
  });
  const [client] = server.clients;
  assert(server.media.clients.kick(client?.clientId ?? 0, { holdMs: 100_000 }));
  const before = server.dialled;
  await server.clock.skip(60_000);
  await server.client();
  assertEquals(server.dialled, before, "attempts while the name is held");
  await using back = ClusterServer.start({ id: "vid-source0", port });
  const publisher = await back.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await server.clock.skip(60_000);
  await server.logged("Publish accepted");
  // And while it is live.
  assert(server.media.clients.kick(client?.clientId ?? 0, { holdMs: 100_000 }));
  await server.logged("Publish ended");
  const live = server.dialled;
  await server.clock.skip(60_000);
  await server.client();
  assertEquals(server.dialled, live);
  await server.clock.skip(60_000);
  await server.logged("Publish accepted");
});
