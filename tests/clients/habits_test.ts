/**
 * Habits of the field that belong to no single program, or show only in bytes that the programs here do not send: each
 * over real sockets, and the player gets what the publisher sent.
 *
 * @module
 */
import { ChunkEncoder } from "../../rtmp/wire/chunk_encoder.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { bytes } from "../support/bytes.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

type Payload = Uint8Array<ArrayBuffer>;

/** The largest that a Set Chunk Size can say. */
const LARGEST_CHUNK_SIZE = 0x7fff_ffff;
const VIDEO_CHUNK_STREAM = 0x06;

function isVideo({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video;
}

/** A publisher of `livestream` and its player. */
async function pair(harness: RtmpHarness): Promise<[RtmpTestClient, RtmpTestClient]> {
  const publisher = await harness.client();
  await publisher.publish("livestream");
  const player = await harness.client();
  await player.play("livestream");
  return [publisher, player];
}

/** Publish video; a player gets it, byte for byte. */
async function passesThrough(...payloads: readonly Payload[]): Promise<void> {
  await using harness = RtmpHarness.start();
  const [publisher, player] = await pair(harness);
  for (const [index, payload] of payloads.entries()) await publisher.sendVideo(payload, index * 40);
  for (const payload of payloads) assertEquals((await player.waitFor(isVideo, "video")).payload, payload);
}

const URL_FORMS = [
  { says: "server and key", server: "live/room", key: "cam", name: "live/room/cam", param: "" },
  { says: "all in the server field", server: "comp1/comp2?k=v", key: "", name: "comp1/comp2", param: "?k=v" },
  {
    says: "a key that is a query alone",
    server: "comp1/comp2",
    key: "?k=v",
    name: "comp1/comp2",
    param: "?k=v",
  },
  { says: "the query in the key", server: "live", key: "cam?k=v", name: "live/cam", param: "?k=v" },
  { says: "a query in both", server: "live?a=1", key: "cam?k=v", name: "live/cam", param: "?a=1&k=v" },
];
for (const { says, server, key, name, param } of URL_FORMS) {
  Deno.test(`OBS URL forms: ${says}, published and played`, async () => {
    await using harness = RtmpHarness.start();
    const tcUrl = `rtmp://127.0.0.1/${server}`;
    for (const event of ["on_publish", "on_play"] as const) {
      const client = await harness.client({ app: server, tcUrl });
      const { code } = await (event === "on_publish" ? client.publish(key) : client.play(key));
      assert(code.endsWith(".Start"), code);
      const record = await harness.hooks.next(event);
      assertEquals([record.name, record.request.stream?.param], [name, param]);
    }
  });
}

for (const [says, repeats] of [["repeat", true], ["leave out", false]] as const) {
  Deno.test(`FFmpeg beyond 4.66 hours, and encoders that ${says} the extended timestamp on fmt 3`, async () => {
    await using harness = RtmpHarness.start({ play: { timeJitter: "off" } });
    const [publisher, player] = await pair(harness);
    for (const timestamp of [0x00ff_ffff, 0x0100_0001, 0x7fff_ffff]) {
      const extended = bytes(timestamp >>> 24, timestamp >> 16, timestamp >> 8, timestamp);
      const key = avcKeyFrame({ size: 300, fill: 0x55 });
      await publisher.sendBytes(bytes(
        // fmt 0: extended, 300 bytes, type 9, stream 1; then chunks of 128
        ...[
          VIDEO_CHUNK_STREAM,
          0xff,
          0xff,
          0xff,
          0,
          0x01,
          0x2c,
          9,
          1,
          0,
          0,
          0,
          extended,
          key.subarray(0, 128),
        ],
        ...[0xc0 | VIDEO_CHUNK_STREAM, repeats ? extended : [], key.subarray(128, 256)],
        ...[0xc0 | VIDEO_CHUNK_STREAM, repeats ? extended : [], key.subarray(256)],
      ));
      const { payload } = await player.waitFor((message) =>
        isVideo(message) && message.timestamp === timestamp
      );
      assertEquals(payload, key);
    }
  });
}

Deno.test("FFmpeg AV1: the temporal delimiter in front of each unit stays", async () => {
  const [keyFrame, av01] = [0x90, "av01"];
  await passesThrough(
    bytes(keyFrame, av01, 0x81, 0x00, 0x0c, 0x00), // sequence start, av1C
    bytes(keyFrame | 1, av01, 0x12, 0x00, 0x0a, 0x01, 0x00), // coded frames: temporal delimiter, sequence header
  );
});

Deno.test("librtmp, rtmpdump, VLC: a ping that begins a chunk stream with fmt 1 is answered", async () => {
  await using harness = RtmpHarness.start();
  const client = await harness.client();
  // fmt 1 on a chunk stream that was never used: 6 bytes of user control, ping request 7
  await client.sendBytes(bytes(0x45, 0, 0, 0, 0, 0, 6, 4, 0, 6, 0, 0, 0, 7));
  assertEquals(await client.waitForControl("pingResponse"), { kind: "pingResponse", timestamp: 7 });
});

Deno.test("Chunk sizes above 65536 and 2147483647 are taken, as far as messages go", async () => {
  await using harness = RtmpHarness.start();
  const [publisher, player] = await pair(harness);
  await publisher.sendControl({ kind: "setChunkSize", chunkSize: LARGEST_CHUNK_SIZE });
  for (const payload of [avcSequenceHeader(), avcKeyFrame({ size: 200_000 })]) {
    await publisher.sendVideo(payload, 0);
    assertEquals((await player.waitFor(isVideo, "video")).payload, payload);
  }
});

Deno.test("FMLE: frames that begin with fmt 3, for as long as it likes, keep their time", async () => {
  await using harness = RtmpHarness.start({ play: { timeJitter: "off" } });
  const [publisher, player] = await pair(harness);
  const encoder = new ChunkEncoder();
  encoder.write({
    typeId: MessageType.Audio,
    timestamp: 0,
    streamId: 1,
    chunkStreamId: 4,
    payload: bytes(0xaf, 1),
  });
  await publisher.sendBytes(encoder.takeOutput() ?? bytes());
  await publisher.sendBytes(bytes(0x84, 0, 0, 23, 0xaf, 1)); // fmt 2: 23 ms later
  for (let at = 0; at < 500; at++) await publisher.sendBytes(bytes(0xc4, 0xaf, 1));
  const last = await player.waitFor(({ timestamp }) => timestamp === 23 * 501, "the last frame");
  assertEquals(last.payload, bytes(0xaf, 1));
});
