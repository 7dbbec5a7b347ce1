import { AddressRefused } from "../../cluster/link/address_guard.ts";
import { SYSTEM_ADDRESSES } from "../../cluster/link/guard_system.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { FlvSource } from "../support/cluster/flv_source.ts";
import { refusedUrls } from "../support/cluster/refused_addresses.ts";

const REASON = "The stream must not be pulled from there";

Deno.test("data.pull, a pull of the API and a forward go to no address of the host and of inner networks", async () => {
  await using bait = FlvSource.start();
  await using server = ClusterServer.start({ id: "vid-server0" });
  const urls = refusedUrls(server.port, bait.port);
  assert(urls.length > 40);
  let url = "";
  server.hooks.answer = ({ event }) => event === "on_play" ? { yes: { pull: url } } : "yes";
  for (url of urls) {
    const player = await server.client();
    const { code, description } = await player.play("cam");
    assertEquals([code, description], ["NetStream.Play.Failed", REASON], url);
    const { fields } = await server.logged("Pull failed");
    assertStringIncludes(String(fields.error), "cluster.relay_allow", url);
    await player.close();
    const pull = { vhost: "__defaultVhost__", app: "live", stream: "one", url, isOnDemand: false };
    const answer = await server.cluster.pulls.obey({ kind: "add", pull });
    assertStringIncludes(answer.kind === "refused" ? answer.reason : answer.kind, "cluster.relay_allow", url);
  }
  const publisher = await server.client();
  await publisher.publish("mine");
  const source = [...server.media.sources].find(({ key }) => key.endsWith("/mine"));
  for (const target of urls.filter((each) => each.startsWith("rtmp"))) {
    const order = { kind: "add", streamId: source?.streamId ?? "", url: target } as const;
    const answer = await server.cluster.forwards.obey(order);
    assertStringIncludes(
      answer.kind === "refused" ? answer.reason : answer.kind,
      "cluster.relay_allow",
      target,
    );
  }
  assertEquals(bait.requests, []);
  assertEquals(server.clients.map(({ protocol, role }) => `${protocol} ${role}`), ["rtmp publish"]);
});

Deno.test("data.forward goes to no address of the host, and forward.destination does", async () => {
  await using server = ClusterServer.start({ id: "vid-server0" });
  server.hooks.answer = ({ event }) =>
    event === "on_publish" ? { yes: { forward: [`rtmp://127.0.0.1:${server.port}/live/other`] } } : "yes";
  const publisher = await server.client();
  await publisher.publish("cam");
  const { fields } = await server.logged("Push failed");
  assertStringIncludes(String(fields.error), "127.0.0.1 is an address of this host");
  assertEquals(server.clients.length, 1);
});

Deno.test("a name is looked up once: what was judged is connected to", async () => {
  const looked: string[] = [];
  await using bait = FlvSource.start();
  await using server = ClusterServer.start({
    id: "vid-server0",
    names: (name) => {
      looked.push(name);
      // A permitted address at first, and another one afterwards.
      return Promise.resolve([looked.length === 1 ? "127.0.0.3" : "127.0.0.1"]);
    },
    host: { relayAllow: ["127.0.0.3"] },
  });
  server.hooks.answer = ({ event }) =>
    event === "on_play" ? { yes: { pull: `http://rebinding.example:${bait.port}/x.flv` } } : "yes";
  const player = await server.client();
  await player.play("cam");
  // The attempt goes to the address that was judged, where nobody listens; the next one is judged again.
  const first = await server.logged("Pull failed");
  assert(!String(first.fields.error).includes("cluster.relay_allow"));
  assertEquals(looked, ["rebinding.example"]);
  server.clock.skip(60_000);
  const second = await server.logged("Pull failed");
  assertStringIncludes(String(second.fields.error), "127.0.0.1");
  assertEquals(bait.requests, []);
});

Deno.test("a name that is looked up in vain keeps neither a pull nor the end of the server", async () => {
  const looked = Promise.withResolvers<void>();
  await using server = ClusterServer.start({
    id: "vid-server0",
    names: () => {
      looked.resolve();
      return new Promise(() => {});
    },
  });
  server.hooks.answer = ({ event }) =>
    event === "on_play" ? { yes: { pull: "http://slow.example/x.flv" } } : "yes";
  const player = await server.client();
  void player.play("cam").catch(() => {});
  await looked.promise;
  await server.clock.skip(5000);
  const { fields: { error } } = await server.logged("Pull failed");
  assertEquals(error, "No answer came within 5000 ms");
  await server.clock.skip(1000);
});

Deno.test("redirects lead to no address of the host and of inner networks, not even those of a source of the configuration", async () => {
  await using bait = FlvSource.start();
  await using source = ClusterServer.start({ id: "vid-source0" });
  await using pages = FlvSource.start();
  const inner = ["127.0.0.2", "[::1]", "169.254.169.254", "10.0.0.1", "2130706434"];
  await using server = ClusterServer.start({
    id: "vid-server0",
    host: { relayAllow: ["127.0.0.1"] },
    pulls: inner.map((_, i) => ({
      url: `http://127.0.0.1:${pages.port}/${i}.flv`,
      app: "live",
      stream: `page${i}`,
      isOnDemand: false,
    })),
  });
  pages.answer = (path) => {
    const location = `http://${inner[Number(path.slice(1, -4))]}:${bait.port}/x.flv`;
    return new Response(null, { status: 302, headers: { location } });
  };
  for (let i = 0; i < inner.length; i++) {
    const { fields } = await server.logged("Pull failed");
    assertStringIncludes(String(fields.error), "cluster.relay_allow");
  }
  server.hooks.answer = ({ event }) =>
    event === "on_play" ? { yes: { pull: `rtmp://127.0.0.1:${source.port}/live/cam` } } : "yes";
  for (const host of inner) {
    source.hooks.answer = ({ event }) =>
      event === "on_play" ? { no: "Elsewhere", redirect: `rtmp://${host}:${bait.port}/live/cam` } : "yes";
    const player = await server.client();
    assertEquals((await player.play("cam")).description, REASON, host);
    await player.close();
  }
  assertEquals(bait.requests, []);
});

Deno.test("names of the system that lead to the host are refused", async () => {
  await using server = ClusterServer.start({ id: "vid-server0", names: SYSTEM_ADDRESSES.resolve });
  const pull = { vhost: "__defaultVhost__", app: "live", stream: "one", isOnDemand: true };
  for (const name of ["localhost", Deno.hostname()]) {
    const answer = await server.cluster.pulls.obey({
      kind: "add",
      pull: { ...pull, url: `rtmp://${name}/live/cam` },
    });
    assertEquals(answer.kind, "refused", name);
  }
  assertEquals(new AddressRefused("x").name, "AddressRefused");
});
