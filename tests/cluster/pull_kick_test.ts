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

Deno.test("a pull that is kicked before its origin has answered does not ask the next one", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [silent.addr.port, origin.port],
    cluster: { balance: "order" },
  });
  const player = await edge.client();
  const started = player.play("cam");
  using _conn = await silent.accept();
  const pull = edge.clients.find(({ protocol }) => protocol === "pull");
  assert(edge.media.clients.kick(pull?.clientId ?? 0, { holdMs: 100_000 }));
  assertEquals((await started).code, "NetStream.Play.Start");
  await edge.clock.skip(60_000);
  await edge.client();
  assertEquals(edge.dialled, 1, "attempts while the name is held");
});

Deno.test("a pull of a banned stream leaves its source in peace, and says why nothing comes", async () => {
  await using source = ClusterServer.start({ id: "vid-source0" });
  const url = `rtmp://127.0.0.1:${source.port}/live/cam`;
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: [{ url, app: "live", stream: "one", isOnDemand: false }],
  });
  server.media.access.setBans([{ kind: "stream", value: "/live/one" }]);
  const publisher = await source.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  await server.logged("Publish refused");
  const shown = async () => {
    const answer = await server.cluster.pulls.obey({ kind: "list" });
    return answer.kind === "pulls" ? answer.pulls[0] : undefined;
  };
  await until(async () => (await shown())?.state === "waiting");
  assertEquals((await shown())?.lastError, "This stream is banned");
});
