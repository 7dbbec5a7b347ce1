/**
 * The last words of the server to a client that it ends.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

for (const reason of ["rejected", "lease_expired", "kicked", "bitrate"] as const) {
  Deno.test(`closeConnection() tells a publisher that is ended, reason ${reason}, to stop, and why`, async () => {
    await using harness = RtmpHarness.start();
    const publisher = await harness.client();
    await publisher.publish("livestream");
    harness.hooks.revoke("on_publish", { reason, description: "The subscription ended in May" });
    const { level, code, description } = await publisher.status();
    assertEquals([level, code, description], [
      "error",
      "NetStream.Publish.Rejected",
      "The subscription ended in May",
    ]);
    assertEquals(await publisher.closed, "fin");
  });
}

Deno.test("closeConnection() tells a player that is kicked to stop", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.play("livestream");
  assert(await harness.server.kick(1));
  assertEquals((await player.status()).code, "NetStream.Play.Failed");
  assertEquals(await player.closed, "fin");
});

Deno.test("closeConnection() tells a player that its duration is over", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.createStream();
  await player.streamCommand("play", "livestream", -2000, 10);
  const { level, code } = await player.status("NetStream.Play.Stop");
  assertEquals([level, code], ["status", "NetStream.Play.Stop"]);
  assertEquals(await player.closed, "fin");
});

Deno.test("closeConnection() asks a client to connect again where it takes that, as the server stops", async () => {
  await using harness = RtmpHarness.start();
  const willing = await harness.client({ extras: { capsEx: 0x01 } });
  await willing.publish("livestream");
  const other = await harness.client();
  await other.publish("other");
  const before = other.pending.length;
  await harness.server.drain();
  const info = (await willing.waitForCommand("onStatus")).args.find((arg) => arg instanceof Amf0Object);
  assertEquals(info?.get("code"), "NetConnection.Connect.ReconnectRequest");
  assertEquals(await Promise.all([willing.closed, other.closed]), ["fin", "fin"]);
  assertEquals(other.pending.length, before);
});

Deno.test("closeConnection() says nothing to a client that neither publishes nor plays", async () => {
  await using harness = RtmpHarness.start();
  const idle = await harness.client();
  await idle.createStream();
  const before = idle.pending.length;
  assert(await harness.server.kick(1));
  assertEquals(await idle.closed, "fin");
  assertEquals(idle.pending.length, before);
});
