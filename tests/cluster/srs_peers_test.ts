/**
 * SRS 6 as edge and as forwarder of this server, scripted with its habits: it names itself in a second object of
 * `connect`, plays without a start, sends media before its publish is answered, and ignores
 * everything but media, redirects and the end of the connection.
 *
 * @module
 */
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ClusterServer } from "../support/cluster/cluster_server.ts";
import type { ScriptedAnswer } from "../support/hooks/hook_script.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

/** As SRS 6.0.157 sends it. */
const MEMBERS = {
  srs_sig: "SRS",
  srs_server: "SRS/6.0.157(Hang)",
  srs_license: "MIT",
  srs_url: "https://github.com/ossrs/srs",
  srs_version: "6.0.157",
  srs_server_ip: "192.0.2.7",
  srs_pid: 4711,
  srs_id: "vid-0q3x7z1",
};

async function srs(server: ClusterServer): Promise<RtmpTestClient> {
  return await server.client({
    tcUrl: "rtmp://__defaultVhost__/live",
    extras: {
      ...{ flashVer: "WIN 15,0,0,239", swfUrl: "", pageUrl: "", fpad: false, capabilities: 239 },
      ...{ audioCodecs: 3575, videoCodecs: 252, videoFunction: 1, objectEncoding: 0 },
    },
    args: [Amf0Object.of(MEMBERS)],
  });
}

function isPicture({ typeId, payload }: RtmpMessage): boolean {
  return typeId === MessageType.Video && payload[1] === 1;
}

async function nextTime(player: RtmpTestClient): Promise<number> {
  return (await player.waitFor(isPicture)).timestamp;
}

async function camera(server: ClusterServer): Promise<RtmpTestClient> {
  const publisher = await server.client();
  await publisher.publish("cam");
  await publisher.sendVideo(avcSequenceHeader(), 0);
  await publisher.sendVideo(avcKeyFrame(), 0);
  return publisher;
}

Deno.test("an SRS edge at a trusted address is asked about by nobody, waits for a publisher, and keeps its play when that leaves and returns", async () => {
  await using origin = ClusterServer.start({
    id: "vid-origin0",
    host: { trusted: ["127.0.0.1"] },
    vhost: { minLatency: false },
    play: { mwLatencyMs: 600_000 },
  });
  const edge = await srs(origin);
  await edge.createStream();
  await edge.streamCommand("play", "cam?vhost=__defaultVhost__");
  await edge.status("NetStream.Play.Start");
  assertEquals(origin.hooks.lines, []);
  const [shown] = origin.clients;
  assertEquals([shown?.edgeServerId, shown?.stream], [MEMBERS.srs_id, "cam"]);

  const publisher = await camera(origin);
  assertEquals(await nextTime(edge), 0);
  const saidBefore = edge.pending.filter(({ typeId }) => typeId === MessageType.CommandAmf0).length;
  // Each message comes at once: players of the edge wait for its batches already.
  await publisher.sendVideo(avcInterFrame(1), 40);
  assertEquals(await nextTime(edge), 40);
  await publisher.leave("cam");
  await origin.logged("Publish ended");
  await camera(origin);
  // SRS gives its players the times as they come: they must not jump back.
  assert(await nextTime(edge) >= 40);
  assertEquals(edge.pending.filter(({ typeId }) => typeId === MessageType.CommandAmf0).length, saidBefore);
});

Deno.test("an SRS edge that is refused is sent elsewhere by the status that it follows", async () => {
  await using origin = ClusterServer.start({ id: "vid-origin0" });
  origin.hooks.answer = ({ event }) =>
    event === "on_play" ? { no: "full", redirect: "rtmp://192.0.2.9:1936/live" } : "yes";
  const edge = await srs(origin);
  await edge.createStream();
  await edge.streamCommand("play", "cam");
  const { level, info } = await edge.status("NetStream.Play.Failed");
  const ex = info.get("ex");
  const where = ex instanceof Amf0Object ? Object.fromEntries(ex) : {};
  assertEquals([level, where], ["error", { code: 302, redirect: "rtmp://192.0.2.9:1936/live" }]);
});

Deno.test("what SRS sends before its publish is answered is not lost, and a forward that was ended may come back", async () => {
  await using server = ClusterServer.start({ id: "vid-server0" });
  const asked = Promise.withResolvers<ScriptedAnswer>();
  server.hooks.answer = ({ event }) => event === "on_publish" ? asked.promise : "yes";
  const player = await server.client();
  await player.play("cam");
  const forward = await srs(server);
  await forward.streamCommand("releaseStream", "cam");
  await forward.streamCommand("FCPublish", "cam");
  await forward.createStream();
  await forward.streamCommand("publish", "cam", "live");
  await forward.sendVideo(avcSequenceHeader(), 0);
  for (let frame = 0; frame < 50; frame++) {
    await forward.sendVideo(frame === 0 ? avcKeyFrame() : avcInterFrame(frame), frame * 40);
  }
  await server.hooks.next("on_publish");
  asked.resolve("yes");
  for (let frame = 0; frame < 50; frame++) assertEquals(await nextTime(player), frame * 40);

  const publishing = server.clients.find(({ role }) => role === "publish");
  server.media.clients.kick(publishing?.clientId ?? 0, { holdMs: 0 });
  await forward.closed;
  const again = await srs(server);
  assertEquals((await again.publish("cam")).code, "NetStream.Publish.Start");
  await again.sendVideo(avcSequenceHeader(), 2000);
  await again.sendVideo(avcKeyFrame(), 2000);
  await nextTime(player);
  await until(() => server.clients.filter(({ role }) => role === "publish").length === 1);
});
