import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { edgeProofFault, judgeEdge, proveEdge } from "../../stream/admission/relay/edge.ts";
import { HostIdentity } from "../../cluster/identity.ts";
import { originOrder } from "../../cluster/pull/origin_order.ts";
import { PublishFormat } from "../../cluster/push/publish_format.ts";
import { RetryDelays } from "../../cluster/pull/retry_delays.ts";
import { fixedWireEnvironment } from "../support/rtmp/wire_environment.ts";

const SECRET = "0123456789abcdef";

Deno.test("an origin does not ask its service about an edge that knows the secret", async () => {
  const host = { secret: SECRET };
  await using origin = ClusterServer.start({ id: "vid-origin0", host });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  const player = await edge.client();
  assertEquals((await player.play("cam")).code, "NetStream.Play.Start");
  assertEquals(origin.hooks.lines, []);
  assertEquals(edge.hooks.lines.map((line) => line.split(" ")[0]), ["on_connect", "on_play"]);
  const line = await origin.logged("Connect accepted");
  assertEquals([line.fields.edge, line.fields.trusted], ["vid-edge000", true]);
  assertEquals(origin.clients.map(({ edgeServerId }) => edgeServerId), ["vid-edge000"]);
  assertEquals(edge.clients.map(({ edgeServerId }) => edgeServerId).filter((id) => id !== undefined), []);
});

Deno.test("with hooks of both the origin's service learns that the client is an edge, and which one", async () => {
  const host = { secret: SECRET };
  const cluster = { hooks: "both" as const };
  await using origin = ClusterServer.start({ id: "vid-origin0", host, cluster });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port], host });
  const player = await edge.client();
  assertEquals((await player.play("cam")).code, "NetStream.Play.Start");
  const edgesOf = ({ hooks }: ClusterServer) =>
    hooks.records.map(({ request: { event, client } }) => [event, client.edgeServerId]);
  assertEquals(edgesOf(origin), [["on_play", "vid-edge000"]]);
  assertEquals(edgesOf(edge), [["on_connect", undefined], ["on_play", undefined]]);
});

Deno.test("an origin asks its service about an edge that it does not trust, and its no reaches the player", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  origin.hooks.answer = ({ event }) => event === "on_play" ? { no: "Not today" } : "yes";
  const player = await edge.client();
  const status = await player.play("cam");
  assertEquals([status.code, status.description], ["NetStream.Play.Failed", "Not today"]);
});

Deno.test("an edge refuses an origin that is itself", async () => {
  const probe = ClusterServer.start({ id: "vid-probe00" });
  const { port } = probe;
  await probe.stop();
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [port], port });
  const player = await edge.client();
  const status = await player.play("cam");
  assertEquals(status.code, "NetStream.Play.Failed");
  assertStringIncludes(status.description, "loop: vid-edge000, vid-edge000");
});

Deno.test("players of an edge stay while its origin is away, and go on when it is back", async () => {
  const origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({ id: "vid-edge000", origins: [origin.port] });
  const player = await edge.client();
  await player.play("cam");
  await edge.logged("Pull started");
  const { port } = origin;
  await origin.stop();
  await edge.logged("Pull failed");
  await using _back = ClusterServer.start({ id: "vid-origin0", port });
  await edge.logged("Pull started");
  assertEquals(edge.clients.filter(({ role }) => role === "play").length, 1);
});

Deno.test("an edge asks its next origin when the first is not there", async () => {
  const gone = ClusterServer.start({ id: "vid-gone000" });
  const { port } = gone;
  await gone.stop();
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [port, origin.port],
    cluster: { balance: "order" },
  });
  const player = await edge.client();
  assertEquals((await player.play("cam")).code, "NetStream.Play.Start");
  await edge.logged("Pull started");
});

Deno.test("judgeEdge() trusts a network or a proof of the secret, and no proof that is old or of another address", () => {
  const hmac = fixedWireEnvironment().hmacSha256;
  const proven = { time: 1000, serverId: "vid-a", tcUrl: "rtmp://o/live" };
  const claim = { ...proven, path: "vid-x,vid-a", proof: proveEdge(SECRET, proven, hmac) };
  const judge = (unixS: number, tcUrl: string, trusted: string[] = []) =>
    judgeEdge(claim, { ip: "10.1.2.3", tcUrl }, { secret: SECRET, trusted, relayAllow: [] }, {
      unixMs: unixS * 1000,
      hmac,
    });
  assertEquals(judge(1299, "rtmp://o/live"), {
    serverId: "vid-a",
    path: ["vid-x", "vid-a"],
    isTrusted: true,
  });
  assertEquals(
    [judge(1301, "rtmp://o/live"), judge(1000, "rtmp://p/live")].map(({ isTrusted }) => isTrusted),
    [
      false,
      false,
    ],
  );
  assertEquals(
    [["10.0.0.0/8"], ["10.1.2.3"], ["::ffff:10.0.0.0/104"], ["10.1.2.4"], ["::/0"]].map((list) =>
      judge(0, "", list).isTrusted
    ),
    [
      true,
      true,
      true,
      false,
      false,
    ],
  );
});

Deno.test("edgeProofFault() says whether the secret is wrong, missing here, or the clocks differ", () => {
  const claim = { serverId: "vid-a", path: "", time: 1000, proof: "00" };
  const fault = (unixS: number, secret = SECRET) =>
    edgeProofFault(claim, { secret, trusted: [], relayAllow: [] }, unixS * 1000);
  assertMatch(fault(1300) ?? "", /^its secret is not that of cluster\.secret here/);
  assertMatch(fault(1301) ?? "", /^its clock is 301 s behind this one: at most 300 s/);
  assertMatch(fault(600) ?? "", /^its clock is 400 s ahead of this one/);
  assertMatch(fault(1000, "") ?? "", /cluster\.secret is not set here$/);
  const options = { secret: SECRET, trusted: [], relayAllow: [] };
  assertEquals(edgeProofFault({ ...claim, proof: "" }, options, 0), undefined);
});

Deno.test("an origin names an edge with another secret, once a second at most", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0", host: { secret: SECRET } });
  await using edge = ClusterServer.start({
    id: "vid-edge000",
    origins: [origin.port],
    host: { secret: `${SECRET}-of-another` },
  });
  for (const name of ["cam", "cam2"]) await (await edge.client()).play(name);
  const { level, fields } = await origin.logged("Edge not trusted");
  assertEquals([level, fields.limit], ["warn", "edge_proof"]);
  assertMatch(String(fields.detail), /^vid-edge000: its secret is not that of cluster\.secret/);
  assertEquals(origin.log.filter(({ message }) => message === "Edge not trusted").length, 1);
});

Deno.test("originOrder() spreads streams, and moves those of a lost origin alone", () => {
  const origins = ["rtmp://a:1935", "rtmp://b:1935", "rtmp://c:1935"];
  const names = Array.from({ length: 300 }, (_, i) => `v/live/s${i}`);
  const first = names.map((name) => originOrder(origins, "hash", name)[0]);
  for (const origin of origins) {
    const share = first.filter((chosen) => chosen === origin).length;
    assert(share > 60 && share < 140, `${origin} has ${share} of 300`);
  }
  const left = origins.slice(1);
  const moved = names.filter((name, i) => originOrder(left, "hash", name)[0] !== first[i]);
  assertEquals(moved.length, first.filter((origin) => origin === origins[0]).length);
  assertEquals(originOrder(origins, "order", "x"), origins);
});

Deno.test("RetryDelays are short at first, 500 ms for half a minute, then 2 s, and short again after media", () => {
  const delays = new RetryDelays("cluster", () => 0);
  assertEquals([0, 1, 2, 3, 4].map((second) => delays.next(second * 1000, 0)), [100, 200, 400, 500, 500]);
  assertEquals([delays.next(31_000, 0), delays.next(32_000, 10_000)], [2000, 100]);
  const foreign = new RetryDelays("foreign", () => 0);
  const waits = Array.from({ length: 8 }, () => foreign.next(0, 0));
  assertEquals(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assertEquals(foreign.next(0, 10_000), 500);
});

Deno.test("PublishFormat puts @setDataFrame before metadata alone, and is found by its name", () => {
  const format = new PublishFormat(4096, 7);
  const body = (name: string) => Uint8Array.from([2, 0, name.length, ...new TextEncoder().encode(name), 5]);
  for (const [name, more] of [["onMetaData", 16], ["onCuePoint", 0]] as const) {
    const message = { typeId: 18, time: 0, payload: body(name) };
    const target = new Uint8Array(format.length(message));
    assertEquals(format.write(target, 0, message), 12 + message.payload.length + more);
    assertEquals(target[8], 7);
  }
  assertEquals(PublishFormat.named(format.name)?.name, format.name);
  assertEquals(PublishFormat.named("rtmp/4096"), undefined);
});

Deno.test("HostIdentity.loopOf() tells a loop from a chain that is too long", () => {
  const identity = new HostIdentity(
    { serverId: "d", version: "0", secret: "" },
    () => new Uint8Array(32),
    () => 0,
  );
  const why = (...path: string[]) => identity.loopOf({ serverId: "", path, isTrusted: false });
  assertEquals([identity.loopOf(undefined), why("a", "b", "c")], [undefined, undefined]);
  assertEquals(why("a", "d"), "loop: a, d, d");
  assertEquals(why("a", "b", "c", "e"), "more than 4 servers: a, b, c, e, d");
});
