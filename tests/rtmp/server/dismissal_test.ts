/**
 * What a client is sent when the server ends it for something that it did.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { avcKeyFrame } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const MIB = 1024 * 1024;

Deno.test("a publisher whose message is too large gets the reason before its connection ends", async () => {
  await using harness = RtmpHarness.start({ wireLimits: { maxMediaMessageBytes: MIB } });
  const publisher = await harness.client();
  await publisher.publish("livestream");
  // It has more to send when the server has seen the header, and its socket is full of it.
  const sent = publisher.sendVideo(avcKeyFrame({ size: 6 * MIB }), 0).catch((error: unknown) => error);
  const { level, code, description } = await publisher.status();
  assertEquals([level, code], ["error", "NetStream.Publish.Rejected"]);
  assertMatch(description, /6\d{6}.*1048576/);
  assertEquals(await publisher.closed, "fin");
  await sent;
  assertEquals((await harness.logged("Limit reached")).fields.limit, "max_media_message");
});

Deno.test("a player whose message breaks the rules gets the reason", async () => {
  await using harness = RtmpHarness.start();
  const player = await harness.client();
  await player.play("livestream");
  await player.send({
    typeId: MessageType.CommandAmf0,
    timestamp: 0,
    streamId: 1,
    chunkStreamId: 3,
    payload: new Uint8Array([7]),
  });
  const { level, code } = await player.status();
  assertEquals([level, code], ["error", "NetStream.Play.Failed"]);
  assertEquals(await player.closed, "fin");
});

Deno.test("a client that neither publishes nor plays gets the reason on its connection", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  await client.createStream();
  await client.streamCommand("publish", 7);
  const { args } = await client.waitForCommand("onStatus");
  const info = args.find((arg) => arg instanceof Amf0Object);
  assertEquals([info?.get("level"), info?.get("code")], ["error", "NetConnection.Connect.Closed"]);
  assertEquals(info?.get("description"), "Cannot publish: the stream name is number, not a string");
  assertEquals(await client.closed, "fin");
});

Deno.test("a client without a tcUrl is served by its app on the default vhost", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client({ extras: { tcUrl: undefined, app: "live" } });
  assertEquals((await client.publish("livestream live=1 flashVer=x")).code, "NetStream.Publish.Start");
  const { request } = await harness.hooks.next("on_publish");
  assertEquals([request.client.vhost, request.client.app, request.stream?.stream], [
    "__defaultVhost__",
    "live",
    "livestream",
  ]);
  assertEquals(request.client.tcUrl, "rtmp://__defaultVhost__/live");
});

for (
  const [opening, message, limit] of [
    ["GET /live HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP request on the RTMP port", "http_on_rtmp"],
    ["\x16\x03\x01\x02\x00\x01\x00", "TLS on the RTMP port", "tls_on_rtmp"],
  ] as const
) {
  Deno.test(`many clients that begin with ${JSON.stringify(opening.slice(0, 4))} are one line that names the way out`, async () => {
    await using harness = RtmpHarness.start();
    for (let i = 0; i < 20; i++) {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port: harness.port });
      await conn.write(new TextEncoder().encode(opening));
      assertEquals(await conn.read(new Uint8Array(1)), null);
    }
    assertEquals(harness.server.limitCounts()[limit], 20);
    const { level, fields } = await harness.logged(message);
    assertEquals([level, fields.ip], ["warn", "127.0.0.1"]);
    assertMatch(String(fields.detail), /rtmp:\/\//);
    const loud = harness.log.filter(({ level }) => level !== "info" && level !== "verbose");
    assert(loud.length <= 3, JSON.stringify(loud));
  });
}
