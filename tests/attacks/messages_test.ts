import { MessageType } from "../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { bytes } from "../support/bytes.ts";
import { avcKeyFrame } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { endedByLimit, endedByProtocol, underAttack } from "./support.ts";

function repeat(count: number, ...parts: readonly (number | string)[]): Uint8Array<ArrayBuffer> {
  return bytes(...Array.from({ length: count }, () => bytes(...parts)));
}

/** Parts of an aggregate: audio of `size` bytes each. */
function aggregate(count: number, size: number): Uint8Array<ArrayBuffer> {
  const part = bytes(
    MessageType.Audio,
    0,
    0,
    size,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    new Uint8Array(size),
    0,
    0,
    0,
    11 + size,
  );
  return bytes(...Array.from({ length: count }, () => part));
}

async function sendAggregate(client: RtmpTestClient, payload: Uint8Array<ArrayBuffer>): Promise<void> {
  await client.send({ typeId: MessageType.Aggregate, timestamp: 0, streamId: 1, chunkStreamId: 6, payload });
}

attackTest(
  13,
  "an aggregate of too many parts ends its connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.publish("parts");
      await sendAggregate(client, aggregate(1025, 2));
      await endedByLimit(harness, client, "max_aggregate_messages");
    }),
);

attackTest(
  13,
  "an aggregate with an empty part ends its connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.publish("parts");
      await sendAggregate(client, aggregate(2, 0));
      await endedByProtocol(harness, client, 2007);
    }),
);

attackTest(
  13,
  "a message a byte, all of them empty, ends its connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.publish("empty");
      // One full header of an empty message, then fmt 3 repeats it with one byte each.
      const header = bytes(0x06, 0, 0, 0, 0, 0, 0, MessageType.Video, 1, 0, 0, 0);
      await client.sendBytes(bytes(header, new Uint8Array(60_000).fill(0xc6)));
      await endedByLimit(harness, client, "max_commands_per_second");
    }),
);

attackTest(
  13,
  "a long chain of ModEx and a multitrack of nonsense are passed on as they are",
  () =>
    underAttack({}, async (harness) => {
      const publisher = await harness.client();
      await publisher.publish("modex");
      const player = await harness.client();
      await player.play("modex");
      for (
        const payload of [
          // Enhanced key frame, packet type ModEx (7), each with one byte of data and ModEx again.
          bytes(0x97, repeat(500, 0x00, 0x00, 0x07)),
          bytes(0x96, 0x20, "hvc1", 0x00, 0xff, 0xff, 0xff),
          bytes(0x96),
          bytes(0x97, 0xff),
        ]
      ) {
        await publisher.sendVideo(payload, 0);
        assertEquals((await player.waitFor(({ typeId }) => typeId === MessageType.Video)).payload, payload);
      }
    }),
);

attackTest(13, "sequence headers of many tracks are forgotten, the oldest first", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("tracks");
  for (let track = 0; track < 256; track++) {
    // Enhanced video, multitrack (6), one track, sequence start, FourCC, track id, configuration.
    await publisher.sendVideo(bytes(0x96, 0x00, "avc1", track, new Uint8Array(60_000)), 0);
  }
  await publisher.sendVideo(avcKeyFrame(), 40);
  // Answered behind all of them.
  await publisher.command("_checkbw");
  const player = await harness.client();
  await player.play("tracks");
  await player.waitFor(
    ({ typeId, payload }) => typeId === MessageType.Video && payload[0] === 0x17,
    "the key frame",
  );
  const headers = player.pending.filter(({ typeId }) => typeId === MessageType.Video);
  const size = headers.reduce((sum, { payload }) => sum + payload.length, 0);
  assert(size <= 1024 * 1024, `${size} bytes of headers before the first frame`);
});
