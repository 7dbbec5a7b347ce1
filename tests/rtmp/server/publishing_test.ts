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
import { RtmpBench } from "../../support/rtmp/rtmp_harness.ts";

function isVideo({ typeId }: { readonly typeId: number }): boolean {
  return typeId === MessageType.Video;
}

Deno.test("Publishing refuses a second publisher with BadName before any ask, the first undisturbed", async () => {
  await using bench = RtmpBench.start();
  const first = await bench.client();
  await first.publish("livestream");
  const player = await bench.client();
  await player.play("livestream");
  const source = await LivePublisher.begin(first);
  const second = await bench.client();
  const status = await second.publish("livestream?token=y");
  source.stop();
  assertEquals([status.level, status.code], ["error", "NetStream.Publish.BadName"]);
  assertEquals(await second.closed, "fin");
  await first.sendVideo(avcKeyFrame({ size: 12_345 }), 60_000);
  await player.waitFor(({ payload }) => payload.length === 12_345, "what came after the refusal");
  assertEquals(bench.hooks.lines.filter((line) => line.startsWith("on_publish")), [
    "on_publish 1 live/livestream",
  ]);
});

Deno.test("Publishing lets two that race be one that is asked about", async () => {
  await using bench = RtmpBench.start();
  const clients = [await bench.client(), await bench.client()];
  let winner: LivePublisher | undefined;
  const codes = await Promise.all(clients.map(async (client) => {
    const { code } = await client.publish("livestream");
    if (code === "NetStream.Publish.Start") winner = await LivePublisher.begin(client);
    return code;
  }));
  winner?.stop();
  assertEquals(codes.toSorted(), ["NetStream.Publish.BadName", "NetStream.Publish.Start"]);
  assertEquals(bench.hooks.records.filter(({ event }) => event === "on_publish").length, 1);
});

Deno.test("Publishing of one name in other vhosts, apps and cases is another stream", async () => {
  await using bench = RtmpBench.start({ vhosts: ["video.test.com"] });
  const names = ["a", "A", "a?vhost=video.test.com"];
  for (const name of names) {
    assertEquals((await (await bench.client()).publish(name)).code, "NetStream.Publish.Start");
  }
  const other = await bench.client({ app: "other" });
  assertEquals((await other.publish("a")).code, "NetStream.Publish.Start");
});

Deno.test("Publishing frees the name when the ask is answered with no", async () => {
  await using bench = RtmpBench.start();
  bench.hooks.answer = ({ event }) => event === "on_publish" ? { no: "No" } : "yes";
  const refused = await bench.client();
  await refused.publish("livestream");
  await refused.closed;
  bench.hooks.answer = () => "yes";
  assertEquals((await (await bench.client()).publish("livestream")).code, "NetStream.Publish.Start");
});

Deno.test("Publishing gives the name to an encoder that sent until it hung up and comes again at once", async () => {
  await using bench = RtmpBench.start({ vhost: { minLatency: false }, play: { mwLatencyMs: 350 } });
  const player = await bench.client();
  await player.play("livestream");
  for (let i = 0; i < 4; i++) {
    const client = await bench.client();
    assertEquals((await client.publish("livestream")).code, "NetStream.Publish.Start");
    await client.sendVideo(avcSequenceHeader(), 0);
    await client.sendVideo(avcKeyFrame(), 0);
    await player.waitFor(isVideo);
    // These are read with the next beat, and its end with the one behind it.
    await client.sendVideo(avcInterFrame(1), 40);
    await client.close();
  }
});

Deno.test("Publishing waits for a name whose last ending is being recorded", async () => {
  await using bench = RtmpBench.start();
  const first = await bench.client();
  await first.publish("livestream");
  const recording = Promise.withResolvers<void>();
  bench.hooks.recording = recording.promise;
  await first.close();
  await bench.logged("publish ended");
  const second = await bench.client();
  const started = second.publish("livestream");
  await second.command("_checkbw");
  recording.resolve();
  assertEquals((await started).code, "NetStream.Publish.Start");
  const order = bench.hooks.lines.filter((line) => /publish/.test(line));
  assertEquals(order, [
    "on_publish 1 live/livestream",
    "on_unpublish 1 live/livestream network",
    "on_publish 2 live/livestream",
  ]);
});

Deno.test("Publishing takes a silent holder's name over: on_unpublish before the new ask, players stay", async () => {
  await using bench = RtmpBench.start({ publish: { takeoverAfterMs: 100 } });
  const silent = await bench.client();
  await silent.publish("livestream");
  await silent.sendVideo(avcSequenceHeader(), 0);
  await silent.sendVideo(avcKeyFrame(), 0);
  const player = await bench.client();
  await player.play("livestream");
  await player.waitFor(isVideo);
  await player.waitFor(isVideo);
  const newcomer = await bench.client();
  assertEquals((await newcomer.publish("livestream")).code, "NetStream.Publish.Start");
  await silent.closed;
  await newcomer.sendVideo(avcKeyFrame({ size: 5000 }), 0);
  assertEquals((await player.waitFor(isVideo)).payload.length, 5000);
  assertEquals(bench.hooks.lines.filter((line) => / [13] live\//.test(line)), [
    "on_publish 1 live/livestream",
    "on_unpublish 1 live/livestream replaced",
    "on_publish 3 live/livestream",
  ]);
});

Deno.test("Publishing gives the name to an encoder that comes back at once, however short its silence", async () => {
  await using bench = RtmpBench.start({ vhost: { minLatency: false }, publish: { takeoverAfterMs: 500 } });
  const lost = await bench.client();
  await lost.publish("livestream");
  const source = await LivePublisher.begin(lost);
  const player = await bench.client();
  await player.play("livestream");
  for (let i = 0; i < 10; i++) await player.waitFor(isVideo);
  source.stop();
  const back = await bench.client();
  assertEquals((await back.publish("livestream")).code, "NetStream.Publish.Start");
  assertEquals((await bench.hooks.next("on_unpublish")).ending?.reason, "replaced");
});

Deno.test("Publishing refuses the claimant when the silent holder sends something new", async () => {
  await using bench = RtmpBench.start({ publish: { takeoverAfterMs: 60_000 } });
  const holder = await bench.client();
  await holder.publish("livestream");
  const newcomer = await bench.client();
  const answered = newcomer.publish("livestream");
  await newcomer.command("_checkbw");
  // The first may have been in its socket before the claim.
  const source = setInterval(() => holder.sendAudio(aacFrame(), 0), 100);
  const { code } = await answered;
  clearInterval(source);
  assertEquals(code, "NetStream.Publish.BadName");
  assertEquals((await holder.command("_checkbw")).name, "_result");
});

Deno.test("Publishing with takeover never refuses however silent the holder is", async () => {
  await using bench = RtmpBench.start({ publish: { takeover: "never", takeoverAfterMs: 0 } });
  await (await bench.client()).publish("livestream");
  assertEquals((await (await bench.client()).publish("livestream")).code, "NetStream.Publish.BadName");
});

Deno.test("Publishing under the name that the service chose: for players, for events, and the key is free", async () => {
  await using bench = RtmpBench.start();
  bench.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  const publisher = await bench.client();
  assertEquals((await publisher.publish("secret-key")).code, "NetStream.Publish.Start");
  const player = await bench.client();
  await player.play("public");
  await publisher.sendVideo(avcKeyFrame(), 0);
  await player.waitFor(isVideo);
  bench.hooks.answer = () => "yes";
  assertEquals((await (await bench.client()).publish("secret-key")).code, "NetStream.Publish.Start");
  await publisher.close();
  const { name, ending } = await bench.hooks.next("on_unpublish");
  assertEquals([name, ending?.reason], ["live/public", "network"]);
  const close = await bench.hooks.next("on_close");
  assertEquals(close.ending?.stream?.stream, "public");
});

Deno.test("Publishing under a chosen name that is taken is BadName, and its ending is told", async () => {
  await using bench = RtmpBench.start();
  const first = await bench.client();
  await first.publish("public");
  await using _source = await LivePublisher.begin(first);
  bench.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
  const second = await bench.client();
  assertEquals((await second.publish("secret-key")).code, "NetStream.Publish.BadName");
  await second.closed;
  assertEquals(bench.hooks.linesOf(2).slice(1), [
    "on_publish live/secret-key",
    "on_unpublish live/secret-key rejected",
    "on_close live rejected",
  ]);
});

Deno.test("Publishing under a chosen name that breaks the grammar is refused", async () => {
  await using bench = RtmpBench.start();
  bench.hooks.answer = ({ event }) =>
    event === "on_publish" ? { yes: { app: "live", stream: "../up" } } : "yes";
  const client = await bench.client();
  assertEquals((await client.publish("secret-key")).code, "NetStream.Publish.Rejected");
  await client.closed;
  assertEquals(bench.hooks.linesOf(1).slice(1, 3), [
    "on_publish live/secret-key",
    "on_unpublish live/secret-key rejected",
  ]);
});

for (const reason of ["kicked", "rejected", "bitrate", "lease_expired"] as const) {
  Deno.test(`Publishing keeps key and public name from the address of a publisher that is ended as ${reason}`, async () => {
    await using bench = RtmpBench.start();
    bench.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
    const client = await bench.client();
    await client.publish("secret-key");
    bench.hooks.revoke("on_publish", { reason, description: "Not any more" });
    assertEquals(await client.closed, "fin");
    const asked = bench.hooks.lines.filter((line) => line.startsWith("on_publish")).length;
    for (const name of ["secret-key", "public"]) {
      const again = await bench.client();
      const { level, code, description } = await again.publish(name);
      assertEquals([level, code], ["error", "NetStream.Publish.Rejected"]);
      assertEquals(description.replace(/\d+/, "n"), "Not any more; this name is held for n s more");
      assertEquals(await again.closed, "fin");
    }
    assertEquals(bench.hooks.lines.filter((line) => line.startsWith("on_publish")).length, asked);
    // Another key that leads to the same name.
    const other = await bench.client();
    assertEquals((await other.publish("other-key")).code, "NetStream.Publish.Rejected");
    bench.hooks.answer = () => "yes";
    assertEquals((await (await bench.client()).publish("free")).code, "NetStream.Publish.Start");
  });
}

Deno.test("Publishing keeps a name only for as long as configured, and not after endings that nobody wanted", async () => {
  await using bench = RtmpBench.start({ publish: { kickHoldMs: 0 } });
  const client = await bench.client();
  await client.publish("kicked");
  bench.hooks.revoke("on_publish", { reason: "kicked", description: "Out" });
  await client.closed;
  assertEquals((await (await bench.client()).publish("kicked")).code, "NetStream.Publish.Start");

  await using holding = RtmpBench.start();
  holding.hooks.answer = ({ event }) => event === "on_publish" ? { no: "Wrong key" } : "yes";
  await (await holding.client()).publish("refused");
  holding.hooks.answer = () => "yes";
  const refused = await holding.client();
  assertEquals((await refused.publish("refused")).code, "NetStream.Publish.Start");
  await refused.leave("refused");
  assertEquals((await (await holding.client()).publish("refused")).code, "NetStream.Publish.Start");
});

Deno.test("Connection publishes and plays several streams one after another", async () => {
  await using bench = RtmpBench.start();
  const client = await bench.client();
  for (const name of ["one", "two"]) {
    assertEquals((await client.publish(name)).code, "NetStream.Publish.Start");
    await client.sendAudio(aacFrame(), 0);
    await client.streamCommand("deleteStream", 1);
    await client.createStream();
    assertEquals((await client.play(`${name}-player`)).code, "NetStream.Play.Start");
    await client.streamCommand("closeStream");
  }
  await client.close();
  await bench.hooks.next("on_close");
  assertEquals(bench.hooks.linesOf(1), [
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
  await using bench = RtmpBench.start();
  const client = await bench.client();
  await client.createStream();
  for (const name of ["one", "two", "three"]) {
    await client.streamCommand("publish", name, "live");
    await client.streamCommand("FCUnpublish", name);
  }
  await client.streamCommand("publish", "four", "live");
  await bench.hooks.next("on_publish");
  while (bench.hooks.lines.at(-1) !== "on_publish 1 live/four") await bench.hooks.next("on_publish");
  await client.status("NetStream.Publish.Start");
  await client.close();
  await bench.hooks.next("on_close");
  const starts = bench.hooks.lines.filter((line) => line.startsWith("on_publish")).length;
  const ends = bench.hooks.lines.filter((line) => line.startsWith("on_unpublish")).length;
  assert(starts >= 1 && ends <= starts);
  assertEquals(bench.hooks.lines.at(-1), "on_close 1 live network");
});

Deno.test("Publishing keeps a stream's id over publishers, and its source is forgotten with the last client", async () => {
  await using bench = RtmpBench.start();
  const player = await bench.client();
  await player.play("livestream");
  const played = await bench.hooks.next("on_play");
  for (let i = 0; i < 2; i++) {
    const publisher = await bench.client();
    await publisher.publish("livestream");
    const { request } = await bench.hooks.next("on_publish");
    assertEquals(request.stream?.streamId, played.request.stream?.streamId);
    assertEquals(bench.server.sourceCount, 1);
    await publisher.close();
    await bench.hooks.next("on_close");
  }
  assertEquals(bench.server.sourceCount, 1);
  const refused = await bench.client();
  bench.hooks.answer = () => ({ no: "No" });
  await refused.publish("other");
  await bench.hooks.next("on_close");
  assertEquals(bench.server.sourceCount, 1);
  await player.close();
  await bench.hooks.next("on_close");
  assertEquals(bench.server.sourceCount, 0);
});

Deno.test("Publishing is described in the log once it is known, and at its end", async () => {
  await using bench = RtmpBench.start();
  const client = await bench.client();
  await client.publish("livestream");
  await client.sendMetadata(metadata());
  await client.sendVideo(avcSequenceHeader(), 0);
  await client.sendVideo(avcInterFrame(1), 0);
  await client.sendAudio(aacFrame(), 0);
  await client.command("_checkbw");
  await client.leave("livestream");
  const stream = await bench.logged("stream");
  assertEquals(stream.fields, {
    url: "/live/livestream",
    video: "H264",
    size: "64x64",
    fps: 25,
    audio: "AAC",
    encoder: "scripted",
  });
  const { fields } = await bench.logged("publish ended");
  assertEquals([fields.url, fields.reason], ["/live/livestream", "client"]);
  assert(
    typeof fields.duration_ms === "number" && typeof fields.media_bytes === "number" &&
      fields.media_bytes > 0,
  );
});
