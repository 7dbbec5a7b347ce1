/**
 * Why a service refused reaches the publisher.
 *
 * @module
 */
import { assertEquals, assertNotEquals, assertStringIncludes } from "../support/assert.ts";
import { mediaTools } from "../support/process/ffmpeg.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { publishStream } from "../support/stream/test_stream.ts";

const WHY = "Your plan allows one stream at a time";

Deno.test("a publisher that speaks like OBS gets NetStream.Publish.Rejected with the service's msg", async () => {
  await using stage = await HookHarness.open();
  stage.receiver.reply("on_publish", { code: 1, msg: WHY });
  await using client = await RtmpTestClient.connect({
    port: stage.port,
    chunkSize: 4096,
    extras: { flashVer: "FMLE/3.0 (compatible; FMSc/1.0)", swfUrl: "rtmp://127.0.0.1/live" },
  });
  await client.streamCommand("releaseStream", "studio");
  await client.streamCommand("FCPublish", "studio");
  await client.createStream();
  const { level, code, description } = await client.publish("studio");
  assertEquals([level, code, description], ["error", "NetStream.Publish.Rejected", WHY]);
  assertEquals(await client.closed, "fin");
  await stage.settled();
  assertEquals(stage.receiver.actions(), ["on_connect", "on_publish", "on_close"]);
});

Deno.test("ffmpeg prints the service's msg", async () => {
  await using stage = await HookHarness.open();
  stage.receiver.reply("on_publish", { code: 1, msg: WHY });
  const url = stage.server.rtmpUrl("live/studio");
  const { code, stderr } = await publishStream(await mediaTools(), url, { gopSeconds: 1 }).result;
  assertNotEquals(code, 0);
  assertStringIncludes(stderr, WHY);
});
