import { MessageType } from "../../rtmp/wire/message.ts";
import type { PullInfo } from "../../core/relay_info.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import { FlvSource } from "../support/cluster/flv_source.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

const LOOPBACK = { relayAllow: ["127.0.0.1"] };

async function nextPicture(player: RtmpTestClient): Promise<void> {
  await player.waitFor(({ typeId, payload }) => typeId === MessageType.Video && payload[1] === 1);
}

async function camera(server: ClusterServer, name = "cam"): Promise<RtmpTestClient> {
  const publisher = await server.client();
  await publisher.publish(name);
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  return publisher;
}

async function listed(server: ClusterServer): Promise<readonly PullInfo[]> {
  const answer = await server.cluster.pulls.obey({ kind: "list" });
  return answer.kind === "pulls" ? answer.pulls : [];
}

Deno.test("a pull of the configuration is there without players, under its own name, and comes back", async () => {
  const source = ClusterServer.start({ id: "vid-source0" });
  const { port } = source;
  const url = `rtmp://127.0.0.1:${port}/live/cam?token=abcdefgh`;
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: [{ url, app: "tv", stream: "one", isOnDemand: false }],
  });
  await camera(source);
  await server.logged("Publish accepted");
  await until(async () => (await listed(server))[0]?.state === "live");
  const player = await server.client({ app: "tv" });
  assertEquals((await player.play("one")).code, "NetStream.Play.Start");
  await nextPicture(player);
  assertEquals(server.hooks.lines.map((line) => line.split(" ")[0]), ["on_connect", "on_play"]);
  const shown = (await listed(server)).map(({ address, app, stream, by, isOnDemand, lastError }) =>
    [address, app, stream, by, isOnDemand, lastError].join(" ")
  );
  assertEquals(shown, [`rtmp://127.0.0.1:${port}/live/cam tv one configuration false `]);
  // The service there learns what the address has; the log here does not.
  assertEquals(
    source.hooks.records.find(({ event }) => event === "on_play")?.request.stream?.param,
    "?token=abcdefgh",
  );
  assert(!JSON.stringify(server.log).includes("abcdefgh"));

  await source.stop();
  await server.logged("Pull failed");
  await using back = ClusterServer.start({ id: "vid-source0", port });
  await camera(back);
  server.clock.skip(60_000);
  await nextPicture(player);
});

Deno.test("pulls that are always there end in a drain, those that are played with their last player", async () => {
  await using source = ClusterServer.start({ id: "vid-source0" });
  const url = `rtmp://127.0.0.1:${source.port}/live/cam`;
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: ["one", "two"].map((stream) => ({ url, app: "live", stream, isOnDemand: false })),
  });
  await camera(source);
  const player = await server.client();
  await player.play("two");
  await nextPicture(player);
  await until(async () => (await listed(server)).every(({ state }) => state === "live"));
  server.cluster.leave();
  server.clock.skip(10_000);
  await until(async () => (await listed(server)).length === 1);
  assertEquals((await listed(server)).map(({ stream }) => stream), ["two"]);
  const added = await server.cluster.pulls.obey({
    kind: "add",
    pull: { vhost: "__defaultVhost__", app: "live", stream: "three", url, isOnDemand: false },
  });
  assertEquals(added.kind, "refused");
  await player.close();
  await server.logged("Play ended");
  server.clock.skip(10_000);
  await until(() => server.media.clients.totals().connections === 0);
});

Deno.test("a pull on demand begins with its first player and ends after its last", async () => {
  await using source = ClusterServer.start({ id: "vid-source0" });
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: [{
      url: `rtmp://127.0.0.1:${source.port}/live/cam`,
      app: "live",
      stream: "one",
      isOnDemand: true,
    }],
  });
  await camera(source);
  assertEquals((await listed(server)).map(({ state }) => state), ["idle"]);
  assertEquals(server.dialled, 0);
  const player = await server.client();
  await player.play("one");
  await nextPicture(player);
  await player.close();
  await server.logged("Play ended");
  server.clock.skip(10_000);
  await until(() => server.clients.length === 0);
  assertEquals((await listed(server)).map(({ state }) => state), ["idle"]);
});

Deno.test("FLV by HTTP is pulled, with its user and password in no log and no list", async () => {
  await using source = FlvSource.start();
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: [{
      url: `http://me:hush-hush@127.0.0.1:${source.port}/live/cam.flv?key=secretkey1`,
      app: "live",
      stream: "one",
      isOnDemand: false,
    }],
  });
  await server.logged("Pull started");
  await until(() => source.open === 1);
  source.sendPicture(0);
  await server.logged("Publish accepted");
  const player = await server.client();
  await player.play("one");
  await nextPicture(player);
  assertEquals(source.requests, [
    { path: "/live/cam.flv?key=secretkey1", authorization: `Basic ${btoa("me:hush-hush")}` },
  ]);
  const [pull] = await listed(server);
  assertEquals(pull?.address, `http://127.0.0.1:${source.port}/live/cam.flv`);
  assertEquals([pull?.state, (pull?.bytes ?? 0) > 0], ["live", true]);
  for (const secret of ["hush-hush", "secretkey1"]) {
    assert(!JSON.stringify([server.log, pull]).includes(secret));
  }
  // It ends, and is there again.
  source.end();
  assertStringIncludes(String((await server.logged("Pull failed")).fields.error), "closed the connection");
  server.clock.skip(60_000);
  await until(() => source.open === 1);
  source.sendPicture(5000);
  await nextPicture(player);
});

Deno.test("FLV by HTTP that is not there is said without the parameters of its address", async () => {
  const source = FlvSource.start();
  const { port } = source;
  await source[Symbol.asyncDispose]();
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: [{
      url: `http://127.0.0.1:${port}/live/cam.flv?st=abcdefgh`,
      app: "live",
      stream: "one",
      isOnDemand: false,
    }],
  });
  const { fields: { error } } = await server.logged("Pull failed");
  assertStringIncludes(String(error), "Connection refused");
  const [pull] = await listed(server);
  assertEquals(pull?.lastError, error);
  assert(!JSON.stringify([server.log, pull]).includes("abcdefgh"));
});

Deno.test("FLV by HTTP: redirects are followed with the password for the same host alone, and errors have their status", async () => {
  await using source = FlvSource.start();
  await using other = FlvSource.start();
  source.answer = (path) => {
    if (path === "/a.flv") return new Response(null, { status: 302, headers: { location: "/b.flv" } });
    const location = `http://127.0.0.1:${other.port}/c.flv`;
    return path === "/b.flv" ? new Response(null, { status: 307, headers: { location } }) : undefined;
  };
  const urls = [
    `http://me:hush-hush@127.0.0.1:${source.port}/a.flv`,
    `http://127.0.0.1:${other.port}/none.flv`,
  ];
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: urls.map((url, i) => ({ url, app: "live", stream: `s${i}`, isOnDemand: false })),
  });
  other.answer = (path) => path === "/none.flv" ? new Response("no", { status: 404 }) : undefined;
  await until(() => other.open === 1);
  assertEquals(source.requests.map(({ authorization }) => authorization !== null), [true, true]);
  assertEquals(other.requests.find(({ path }) => path === "/c.flv")?.authorization, null);
  await until(async () =>
    (await listed(server)).some(({ lastError }) => lastError === "The answer is HTTP 404")
  );
});

Deno.test("what is not FLV, and a redirect without end, are failures that are tried again", async () => {
  await using source = FlvSource.start();
  source.answer = (path) =>
    path === "/page.flv"
      ? new Response("<html>")
      : new Response(null, { status: 302, headers: { location: "/again.flv" } });
  await using server = ClusterServer.start({
    id: "vid-server0",
    pulls: ["page", "again"].map((stream) => ({
      url: `http://127.0.0.1:${source.port}/${stream}.flv`,
      app: "live",
      stream,
      isOnDemand: false,
    })),
  });
  await until(async () => (await listed(server)).every(({ lastError }) => lastError !== ""));
  const errors = (await listed(server)).map(({ stream, lastError }) => `${stream}: ${lastError}`);
  assertEquals(errors.toSorted(), ["again: It sends elsewhere", "page: It sends something else than FLV"]);
  assertEquals(source.requests.filter(({ path }) => path === "/again.flv").length, 4);
  server.clock.skip(60_000);
  await until(() => source.requests.filter(({ path }) => path === "/page.flv").length === 2);
});

Deno.test("a pull of the API is added once, listed and ended; one of the configuration stays", async () => {
  await using source = ClusterServer.start({ id: "vid-source0" });
  const url = `rtmp://127.0.0.1:${source.port}/live/cam`;
  await using server = ClusterServer.start({
    id: "vid-server0",
    host: LOOPBACK,
    pulls: [{ url, app: "live", stream: "fixed", isOnDemand: true }],
  });
  await camera(source);
  const { pulls } = server.cluster;
  const pull = { vhost: "__defaultVhost__", app: "live", stream: "one", url, isOnDemand: false };
  const added = await pulls.obey({ kind: "add", pull });
  const id = added.kind === "added" ? added.pull.id : "";
  await server.logged("Publish accepted");
  const refused = await Promise.all([
    { ...pull },
    { ...pull, vhost: "other.example" },
    { ...pull, stream: "a/../b" },
    { ...pull, stream: "two?vhost=x" },
    { ...pull, stream: "two", url: "ftp://a/b" },
    { ...pull, stream: "two", url: "rtmp://127.0.0.1/live" },
  ].map((each) => pulls.obey({ kind: "add", pull: each })));
  assertEquals(
    refused.map((answer) => answer.kind === "refused" ? answer.reason.slice(0, 28) : answer.kind),
    [
      "The stream is pulled already",
      "There is no such vhost",
      "The app has a path step as s",
      "App and stream must not have",
      "The source is not an address",
      "The source is not an address",
    ],
  );
  const fixed = (await listed(server)).find(({ stream }) => stream === "fixed")?.id ?? "";
  assertEquals((await pulls.obey({ kind: "remove", id: fixed })).kind, "refused");
  assertEquals((await pulls.obey({ kind: "remove", id })).kind, "removed");
  assertEquals((await pulls.obey({ kind: "remove", id })).kind, "unknown");
  await server.logged("Publish ended");
  await until(async () => (await listed(server)).length === 1);
});

Deno.test("the service may name where a stream is that nobody publishes; one that is published is played here", async () => {
  await using source = ClusterServer.start({ id: "vid-source0" });
  await using server = ClusterServer.start({ id: "vid-server0", host: LOOPBACK });
  await camera(source);
  const url = `rtmp://127.0.0.1:${source.port}/live/cam`;
  server.hooks.answer = ({ event }) => event === "on_play" ? { yes: { pull: url } } : "yes";
  const players = await Promise.all([server.client(), server.client()]);
  for (const player of players) assertEquals((await player.play("one")).code, "NetStream.Play.Start");
  for (const player of players) await nextPicture(player);
  assertEquals(server.dialled, 1);
  assertEquals((await listed(server)).map(({ by, state }) => [by, state]), [["service", "live"]]);
  await camera(server, "own");
  const third = await server.client();
  await third.play("own");
  await nextPicture(third);
  assertEquals(server.dialled, 1);
  // What the source says reaches the player.
  source.hooks.answer = ({ event }) => event === "on_play" ? { no: "Not today" } : "yes";
  const fourth = await server.client();
  assertEquals((await fourth.play("other")).description, "Not today");
});
