import { assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";

const SECRET = "0123456789abcdef";
const TRAVERSE = { tokenTraverse: true };

function originThatAsks(): ClusterServer {
  const origin = ClusterServer.start({ id: "vid-origin0", host: { secret: SECRET } });
  origin.hooks.answer = ({ event, client }) =>
    event === "on_connect" && !client.tcUrl.includes("token=good") ? { no: "No such token" } : "yes";
  return origin;
}

Deno.test("token_traverse: the origin's on_connect decides about each player and publisher of an edge, by their parameters", async () => {
  await using origin = originThatAsks();
  const host = { secret: SECRET };
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [origin.port],
    host,
    cluster: TRAVERSE,
  });
  const good = await edge.client();
  assertEquals((await good.play("cam?token=good")).code, "NetStream.Play.Start");
  // The stream is pulled already: the next one is asked about all the same.
  const bad = await edge.client();
  const { code, description } = await bad.play("cam?token=bad");
  assertEquals([code, description], ["NetStream.Play.Failed", "No such token"]);
  const publisher = await edge.client();
  const refused = await publisher.publish("up?token=bad");
  assertEquals([refused.code, refused.description], ["NetStream.Publish.Rejected", "No such token"]);
  const camera = await edge.client();
  assertEquals((await camera.publish("door?token=good")).code, "NetStream.Publish.Start");
  const asked = origin.hooks.records.filter(({ event }) => event === "on_connect");
  assertEquals(asked.map(({ request: { client: { tcUrl } } }) => tcUrl.split("?")[1]), [
    ...["token=good", "token=bad", "token=bad", "token=good"],
  ]);
});

Deno.test("token_traverse: where no origin can be asked nobody plays", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [closed.addr.port],
    cluster: TRAVERSE,
  });
  const player = await edge.client();
  assertEquals((await player.play("cam?token=good")).description, "No origin could be asked");
});
