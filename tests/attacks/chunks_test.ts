/**
 * Attacks by chunks: sizes, lengths and timestamps that no encoder writes.
 *
 * @module
 */
import { encodeControl } from "../../rtmp/wire/control.ts";
import { MessageType } from "../../rtmp/wire/message.ts";
import { assert, assertEquals, assertLess } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { bytes, pattern } from "../support/bytes.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import {
  endedByLimit,
  endedByProtocol,
  fullHeader,
  nextHeader,
  underAttack,
  unlessEnded,
} from "./support.ts";

const MIB = 1024 * 1024;

/** A Set Chunk Size of any value. */
async function announceChunkSize(client: RtmpTestClient, size: number): Promise<void> {
  const body = new Uint8Array(4);
  new DataView(body.buffer).setUint32(0, size);
  const header = fullHeader({ chunkStreamId: 2, length: 4, typeId: MessageType.SetChunkSize, streamId: 0 });
  await client.sendBytes(bytes(header, body));
}

attackTest(
  3,
  "a hundred clients that announce the most and send a byte cost little memory",
  () =>
    underAttack({}, async (harness) => {
      const before = Deno.memoryUsage();
      for (let i = 0; i < 100; i++) {
        const client = await harness.client();
        await announceChunkSize(client, 0x7fffffff);
        // The chunk is as long as the message, so nothing else can follow on this connection.
        await client.sendBytes(bytes(fullHeader({ chunkStreamId: 10, length: 10 * MIB }), 0x17));
      }
      const after = Deno.memoryUsage();
      assertLess(after.external - before.external, 64 * MIB);
    }),
);

attackTest(3, "the largest chunk size is as good as any other", () =>
  underAttack({}, async (harness) => {
    const client = await harness.client();
    await client.publish("large");
    await announceChunkSize(client, 0x7fffffff);
    const frame = avcKeyFrame({ size: 300_000 });
    const player = await harness.client();
    await player.play("large");
    await client.sendBytes(bytes(fullHeader({ chunkStreamId: 6, length: frame.length }), frame));
    assertEquals((await player.waitFor(({ typeId }) => typeId === MessageType.Video)).payload, frame);
  }));

for (const size of [1, 2, 64, 127]) {
  attackTest(4, `a chunk size of ${size} ends its connection`, () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await announceChunkSize(client, size);
      await endedByLimit(harness, client, "min_chunk_size");
    }));
}

for (const size of [0, 0x80000000, 0xffffffff]) {
  attackTest(5, `a chunk size of ${size} ends its connection`, () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await announceChunkSize(client, size);
      await endedByProtocol(harness, client, 2003);
    }));
}

attackTest(
  6,
  "a command above its size ends its connection at the header",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      const length = 64 * 1024 + 1;
      await client.sendBytes(fullHeader({ chunkStreamId: 3, length, typeId: MessageType.CommandAmf0 }));
      await endedByLimit(harness, client, "max_command_message");
    }),
);

attackTest(
  6,
  "media above its size ends its connection at the header",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.sendBytes(fullHeader({ chunkStreamId: 6, length: 10 * MIB + 1 }));
      await endedByLimit(harness, client, "max_media_message");
    }),
);

attackTest(
  6,
  "more chunk streams than anybody needs end their connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      for (let id = 64; id < 64 + 65; id++) {
        const header = fullHeader({ chunkStreamId: 0, length: 1000 });
        await unlessEnded(client.sendBytes(bytes(0x00, id - 64, header.subarray(1), pattern(128))));
      }
      await endedByLimit(harness, client, "max_chunk_streams");
    }),
);

attackTest(
  6,
  "unfinished messages above their sum end their connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.sendControl({ kind: "setChunkSize", chunkSize: 9 * MIB });
      const part = new Uint8Array(9 * MIB);
      for (const chunkStreamId of [6, 7]) {
        await unlessEnded(client.sendBytes(bytes(fullHeader({ chunkStreamId, length: 10 * MIB }))));
        await unlessEnded(client.sendBytes(part));
      }
      await endedByLimit(harness, client, "max_partial_bytes");
    }),
);

attackTest(
  6,
  "an Abort gives back what an unfinished message held",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      await client.publish("aborted");
      await client.sendControl({ kind: "setChunkSize", chunkSize: MIB });
      const part = new Uint8Array(MIB);
      for (let i = 0; i < 40; i++) {
        await client.sendBytes(bytes(fullHeader({ chunkStreamId: 9, length: 10 * MIB }), part));
        await client.send(encodeControl({ kind: "abort", chunkStreamId: 9 }));
      }
      const player = await harness.client();
      await player.play("aborted");
      await client.sendAudio(aacFrame(), 0);
      await player.waitFor(({ typeId }) => typeId === MessageType.Audio);
    }),
);

attackTest(7, "a full header inside a message ends its connection", () =>
  underAttack({}, async (harness) => {
    const client = await harness.client();
    const first = bytes(fullHeader({ chunkStreamId: 6, length: 1000 }), pattern(128));
    await client.sendBytes(bytes(first, fullHeader({ chunkStreamId: 6, length: 1000 })));
    await endedByProtocol(harness, client, 2002);
  }));

attackTest(
  7,
  "another length inside a message ends its connection",
  () =>
    underAttack({}, async (harness) => {
      const client = await harness.client();
      const first = bytes(fullHeader({ chunkStreamId: 6, length: 1000 }), pattern(128));
      // fmt 1: delta, length, type
      await client.sendBytes(bytes(first, 0x40 | 6, 0, 0, 0, 0, 0x0f, 0xff, MessageType.Video));
      await endedByProtocol(harness, client, 2002);
    }),
);

for (const repeated of [true, false]) {
  attackTest(16, `media is whole where fmt 3 chunks ${repeated ? "repeat" : "leave out"} it`, async () => {
    await using harness = RtmpHarness.start();
    const publisher = await harness.client();
    await publisher.publish("long");
    const player = await harness.client();
    await player.play("long");
    const extended = [0x01, 0, 0, 0];
    const frames = [avcSequenceHeader(), avcKeyFrame({ size: 1000 }), avcKeyFrame({ size: 129, fill: 7 })];
    for (const frame of frames) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < frame.length; at += 128) {
        const first = bytes(
          fullHeader({ chunkStreamId: 6, length: frame.length, timestamp: 0xffffff }),
          extended,
        );
        const next = bytes(nextHeader(6), repeated ? extended : []);
        chunks.push(at === 0 ? first : next, frame.subarray(at, at + 128));
      }
      await publisher.sendBytes(bytes(...chunks));
      const got = await player.waitFor(({ typeId }) => typeId === MessageType.Video);
      assertEquals(got.payload, frame);
    }
  });
}

attackTest(17, "a stream goes on over a wrap, a jump and a step back", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("wrapping");
  const player = await harness.client();
  await player.play("wrapping");
  const times = [0xfffffff0, 0x10, 0x38, 0x7fffffff, 0x80000010, 5, 0xffffffff, 0];
  let last = 0;
  for (const [index, time] of times.entries()) {
    const frame = avcKeyFrame({ size: 200, fill: index + 1 });
    await publisher.sendVideo(frame, time);
    const got = await player.waitFor(({ typeId }) => typeId === MessageType.Video);
    assertEquals(got.payload, frame);
    // A step that is not small becomes a frame's time.
    assert(Math.abs(got.timestamp - last) <= 250, `${time} became ${got.timestamp} after ${last}`);
    last = got.timestamp;
  }
});
