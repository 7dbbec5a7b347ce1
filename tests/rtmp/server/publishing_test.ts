/**
 * Publishers: one a name, takeover, renames, one publish after another.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import {
  aacFrame,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
  metadata,
} from "../../support/stream/media.ts";
import { LivePublisher } from "../../support/rtmp/live_client.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

function isVideo({ typeId }: { readonly typeId: number }): boolean {
  return typeId === MessageType.Video;
}

Deno.test("PublishSession refuses a second publisher with BadName before any ask, the first undisturbed", async () => {
  await using harness = RtmpHarness.start();
  const first = await harness.client();
  await first.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  const source = await LivePublisher.begin(first);
  const second = await harness.client();
  const status = await second.publish("livestream?token=y");
  source.stop();
  assertEquals([status.level, status.code], ["error", "NetStream.Publish.BadName"]);
  assertEquals(await second.closed, "fin");
  await first.sendVideo(avcKeyFrame({ size: 12_345 }), 60_000);
  await player.waitFor(({ payload }) => payload.length === 12_345, "what came after the refusal");
  assertEquals(harness.hooks.lines.filter((line) => line.startsWith("on_publish")), [
    "on_publish 1 live/livestream",
  ]);
});

Deno.test("PublishSession lets two that race be one that is asked about", async () => {
  await using harness = RtmpHarness.start();
  const clients = [await harness.client(), await harness.client()];
  let winner: LivePublisher | undefined;
  const codes = await Promise.all(clients.map(async (client) => {
    const { code } = await client.publish("livestream");
    if (code === "NetStream.Publish.Start") winner = await LivePublisher.begin(client);
    return code;
  }));
  winner?.stop();
  assertEquals(codes.toSorted(), ["NetStream.Publish.BadName", "NetStream.Publish.Start"]);
  assertEquals(harness.hooks.records.filter(({ event }) => event === "on_publish").length, 1);
});

Deno.test("PublishSession of one name in other vhosts, apps and cases is another stream", async () => {
  await using harness = RtmpHarness.start({ vhosts: ["video.test.com"] });
  const names = ["a", "A", "a?vhost=video.test.com"];
  for (const name of names) {
    assertEquals((await (await harness.client()).publish(name)).code, "NetStream.Publish.Start");
  }
  const other = await harness.client({ app: "other" });
  assertEquals((await other.publish("a")).code, "NetStream.Publish.Start");
});

Deno.test("PublishSession frees the name when the ask is answered with no", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { no: "No" } : "yes";
  const refused = await harness.client();
  await refused.publish("livestream");
  await refused.closed;
  harness.hooks.answer = () => "yes";
  assertEquals((await (await harness.client()).publish("livestream")).code, "NetStream.Publish.Start");
});

Deno.test("PublishSession gives the name to an encoder that sent until it hung up and comes again at once", async () => {
  await using harness = RtmpHarness.start({ vhost: { minLatency: false }, play: { mwLatencyMs: 350 } });
  const player = await harness.client();
  await player.play("livestream");
  for (let i = 0; i < 4; i++) {
    const client = await harness.client();
    assertEquals((await client.publish("livestream")).code, "NetStream.Publish.Start");
    await client.sendVideo(avcSequenceHeader(), 0);
    await client.sendVideo(avcKeyFrame(), 0);
    await player.waitFor(isVideo);
    // These are read with the next tick, and its end with the one behind it.
    await client.sendVideo(avcInterFrame(1), 40);
    await client.close();
  }
});

Deno.test("PublishSession under the name that the service chose: for players, for events, and the key is free", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  const publisher = await harness.client();
  assertEquals((await publisher.publish("secret-key")).code, "NetStream.Publish.Start");
  const player = await harness.client();
  await player.play("public");
  await publisher.sendVideo(avcKeyFrame(), 0);
  await player.waitFor(isVideo);
  harness.hooks.answer = () => "yes";
  assertEquals((await (await harness.client()).publish("secret-key")).code, "NetStream.Publish.Start");
  await publisher.close();
  const { name, ending } = await harness.hooks.next("on_unpublish");
  assertEquals([name, ending?.reason], ["live/public", "network"]);
  const close = await harness.hooks.next("on_close");
  assertEquals(close.ending?.stream?.stream, "public");
});

Deno.test("PublishSession under a chosen name that is taken is BadName, and its ending is reported", async () => {
  await using harness = RtmpHarness.start();
  const first = await harness.client();
  await first.publish("public");
  await using _source = await LivePublisher.begin(first);
  harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  const second = await harness.client();
  assertEquals((await second.publish("secret-key")).code, "NetStream.Publish.BadName");
  await second.closed;
  assertEquals(harness.hooks.linesOf(2).slice(1), [
    "on_publish live/secret-key",
    "on_unpublish live/public rejected",
    "on_close live rejected",
  ]);
});

Deno.test("PublishSession under a chosen name that breaks the grammar is refused", async () => {
  await using harness = RtmpHarness.start();
  harness.hooks.answer = ({ event }) =>
    event === "on_publish" ? { yes: { app: "live", stream: "../up" } } : "yes";
  const client = await harness.client();
  assertEquals((await client.publish("secret-key")).code, "NetStream.Publish.Rejected");
  await client.closed;
  assertEquals(harness.hooks.linesOf(1).slice(1, 3), [
    "on_publish live/secret-key",
    "on_unpublish live/../up rejected",
  ]);
});

Deno.test("PublishSession keeps a name only for as long as configured, and not after endings that nobody wanted", async () => {
  await using harness = RtmpHarness.start({ publish: { kickHoldMs: 0 } });
  const client = await harness.client();
  await client.publish("kicked");
  harness.hooks.revoke("on_publish", { reason: "kicked", description: "Out" });
  await client.closed;
  assertEquals((await (await harness.client()).publish("kicked")).code, "NetStream.Publish.Start");

  await using holding = RtmpHarness.start();
  holding.hooks.answer = ({ event }) => event === "on_publish" ? { no: "Wrong key" } : "yes";
  await (await holding.client()).publish("refused");
  holding.hooks.answer = () => "yes";
  const refused = await holding.client();
  assertEquals((await refused.publish("refused")).code, "NetStream.Publish.Start");
  await refused.leave("refused");
  assertEquals((await (await holding.client()).publish("refused")).code, "NetStream.Publish.Start");
});

Deno.test("Connection publishes and plays several streams one after another", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  for (const name of ["one", "two"]) {
    assertEquals((await client.publish(name)).code, "NetStream.Publish.Start");
    await client.sendAudio(aacFrame(), 0);
    await client.streamCommand("deleteStream", 1);
    await client.createStream();
    assertEquals((await client.play(`${name}-player`)).code, "NetStream.Play.Start");
    await client.streamCommand("closeStream");
  }
  await client.close();
  await harness.hooks.next("on_close");
  assertEquals(harness.hooks.linesOf(1), [
    "on_connect live",
    ...["one", "two"].flatMap((name) => [
      `on_publish live/${name}`,
      `on_unpublish live/${name} client`,
      `on_play live/${name}-player`,
      `on_stop live/${name}-player client`,
    ]),
    "on_close live client",
  ]);
});

Deno.test("Connection that sends all its commands in one go is served in their order", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  await client.createStream();
  for (const name of ["one", "two", "three"]) {
    await client.streamCommand("publish", name, "live");
    await client.streamCommand("FCUnpublish", name);
  }
  await client.streamCommand("publish", "four", "live");
  await harness.hooks.next("on_publish");
  while (harness.hooks.lines.at(-1) !== "on_publish 1 live/four") await harness.hooks.next("on_publish");
  await client.status("NetStream.Publish.Start");
  await client.close();
  await harness.hooks.next("on_close");
  const starts = harness.hooks.lines.filter((line) => line.startsWith("on_publish")).length;
  const ends = harness.hooks.lines.filter((line) => line.startsWith("on_unpublish")).length;
  assert(starts >= 1 && ends <= starts);
  assertEquals(harness.hooks.lines.at(-1), "on_close 1 live network");
});

Deno.test("PublishSession keeps a stream's id over publishers, and its source is forgotten with the last client", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.play("livestream");
  const played = await harness.hooks.next("on_play");
  for (let i = 0; i < 2; i++) {
    const publisher = await harness.client();
    await publisher.publish("livestream");
    const { request } = await harness.hooks.next("on_publish");
    assertEquals(request.stream?.streamId, played.request.stream?.streamId);
    assertEquals(harness.server.sourceCount, 1);
    await publisher.close();
    await harness.hooks.next("on_close");
  }
  assertEquals(harness.server.sourceCount, 1);
  const refused = await harness.client();
  harness.hooks.answer = () => ({ no: "No" });
  await refused.publish("other");
  await harness.hooks.next("on_close");
  assertEquals(harness.server.sourceCount, 1);
  await player.close();
  await harness.hooks.next("on_close");
  assertEquals(harness.server.sourceCount, 0);
});

Deno.test("PublishSession is described in the log once it is known, and at its end", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  await client.publish("livestream");
  await client.sendMetadata(metadata());
  await client.sendVideo(avcSequenceHeader(), 0);
  await client.sendVideo(avcInterFrame(1), 0);
  await client.sendAudio(aacFrame(), 0);
  await client.command("_checkbw");
  await client.leave("livestream");
  const stream = await harness.logged("Stream format");
  assertEquals(stream.fields, {
    url: "/live/livestream",
    video: "H264",
    size: "64x64",
    fps: 25,
    audio: "AAC",
    encoder: "scripted",
  });
  const { fields } = await harness.logged("Publish ended");
  assertEquals([fields.url, fields.reason], ["/live/livestream", "client"]);
  assert(
    typeof fields.duration_ms === "number" && typeof fields.media_bytes === "number" &&
      fields.media_bytes > 0,
  );
});
