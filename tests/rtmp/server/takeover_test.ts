import { assertEquals } from "../../support/assert.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { LivePublisher } from "../../support/rtmp/live_client.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

function isVideo({ typeId }: { readonly typeId: number }): boolean {
  return typeId === MessageType.Video;
}

Deno.test("PublishSession waits for a name whose last ending is being recorded", async () => {
  await using harness = RtmpHarness.start();
  const first = await harness.client();
  await first.publish("livestream");
  const recording = Promise.withResolvers<void>();
  harness.hooks.recording = recording.promise;
  await first.close();
  await harness.logged("Publish ended");
  const second = await harness.client();
  const started = second.publish("livestream");
  await second.command("_checkbw");
  recording.resolve();
  assertEquals((await started).code, "NetStream.Publish.Start");
  const order = harness.hooks.lines.filter((line) => /publish/.test(line));
  assertEquals(order, [
    "on_publish 1 live/livestream",
    "on_unpublish 1 live/livestream network",
    "on_publish 2 live/livestream",
  ]);
});

Deno.test("PublishSession takes a silent holder's name over: on_unpublish before the new ask, players stay", async () => {
  await using harness = RtmpHarness.start({ publish: { takeoverAfterMs: 100 } });
  const silent = await harness.client();
  await silent.publish("livestream");
  await silent.sendVideo(avcSequenceHeader(), 0);
  await silent.sendVideo(avcKeyFrame(), 0);
  const player = await harness.client();
  await player.play("livestream");
  await player.waitFor(isVideo);
  await player.waitFor(isVideo);
  const newcomer = await harness.client();
  assertEquals((await newcomer.publish("livestream")).code, "NetStream.Publish.Start");
  await silent.closed;
  await newcomer.sendVideo(avcKeyFrame({ size: 5000 }), 0);
  assertEquals((await player.waitFor(isVideo)).payload.length, 5000);
  assertEquals(harness.hooks.lines.filter((line) => / [13] live\//.test(line)), [
    "on_publish 1 live/livestream",
    "on_unpublish 1 live/livestream replaced",
    "on_publish 3 live/livestream",
  ]);
});

Deno.test("PublishSession gives the name to an encoder that comes back at once, however short its silence", async () => {
  await using harness = RtmpHarness.start({
    vhost: { minLatency: false },
    publish: { takeoverAfterMs: 500 },
  });
  const lost = await harness.client();
  await lost.publish("livestream");
  const source = await LivePublisher.begin(lost);
  const player = await harness.client();
  await player.play("livestream");
  for (let i = 0; i < 10; i++) await player.waitFor(isVideo);
  source.stop();
  const back = await harness.client();
  assertEquals((await back.publish("livestream")).code, "NetStream.Publish.Start");
  assertEquals((await harness.hooks.next("on_unpublish")).ending?.reason, "replaced");
});

Deno.test("PublishSession refuses the claimant when the silent holder sends something new", async () => {
  await using harness = RtmpHarness.start({ publish: { takeoverAfterMs: 60_000 } });
  const holder = await harness.client();
  await holder.publish("livestream");
  const newcomer = await harness.client();
  const answered = newcomer.publish("livestream");
  await newcomer.command("_checkbw");
  // The first may have been in its socket before the claim.
  const source = setInterval(() => holder.sendAudio(aacFrame(), 0), 100);
  const { code } = await answered;
  clearInterval(source);
  assertEquals(code, "NetStream.Publish.BadName");
  assertEquals((await holder.command("_checkbw")).name, "_result");
});

Deno.test("PublishSession with takeover never refuses however silent the holder is", async () => {
  await using harness = RtmpHarness.start({ publish: { takeover: "never", takeoverAfterMs: 0 } });
  await (await harness.client()).publish("livestream");
  assertEquals((await (await harness.client()).publish("livestream")).code, "NetStream.Publish.BadName");
});

for (const reason of ["kicked", "rejected", "bitrate", "lease_expired"] as const) {
  Deno.test(`PublishSession keeps key and public name from the address of a publisher that is ended as ${reason}`, async () => {
    await using harness = RtmpHarness.start();
    harness.hooks.answer = ({ event }) => event === "on_publish" ? { yes: { stream: "public" } } : "yes";
    const client = await harness.client();
    await client.publish("secret-key");
    harness.hooks.revoke("on_publish", { reason, description: "Not any more" });
    assertEquals(await client.closed, "fin");
    const asked = harness.hooks.lines.filter((line) => line.startsWith("on_publish")).length;
    for (const name of ["secret-key", "public"]) {
      const again = await harness.client();
      const { level, code, description } = await again.publish(name);
      assertEquals([level, code], ["error", "NetStream.Publish.Rejected"]);
      assertEquals(description.replace(/\d+/, "n"), "Not any more; this name is held for n s more");
      assertEquals(await again.closed, "fin");
    }
    assertEquals(harness.hooks.lines.filter((line) => line.startsWith("on_publish")).length, asked);
    // Another key that leads to the same name.
    const other = await harness.client();
    assertEquals((await other.publish("other-key")).code, "NetStream.Publish.Rejected");
    harness.hooks.answer = () => "yes";
    assertEquals((await (await harness.client()).publish("free")).code, "NetStream.Publish.Start");
  });
}
