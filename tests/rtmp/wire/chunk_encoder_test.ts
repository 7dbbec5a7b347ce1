import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import {
  ChunkEncoder,
  encodedLength,
  SharedMessages,
  writeMessage,
} from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeControl } from "../../../rtmp/wire/control.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes, pattern } from "../../support/bytes.ts";

const STREAM_1 = [1, 0, 0, 0]; // little-endian

function video(timestamp: number, payload: Uint8Array<ArrayBuffer>, chunkStreamId = 6): RtmpMessage {
  return { typeId: 9, timestamp, streamId: 1, chunkStreamId, payload };
}

const GOLDEN = [
  {
    name: "a message in one chunk",
    message: video(1000, bytes(0xaa)),
    //          fmt id  timestamp      length   type stream
    wire: bytes(0x06, 0, 0x03, 0xe8, 0, 0, 1, 9, STREAM_1, 0xaa),
  },
  {
    name: "an empty message",
    message: video(0, bytes()),
    wire: bytes(0x06, 0, 0, 0, 0, 0, 0, 9, STREAM_1),
  },
  {
    name: "a message of exactly one chunk",
    message: video(0, pattern(128)),
    wire: bytes(0x06, 0, 0, 0, 0, 0, 128, 9, STREAM_1, pattern(128)),
  },
  {
    name: "the specification's example 2: 307 bytes in three chunks",
    message: video(1000, pattern(307), 4),
    wire: bytes(
      ...[0x04, 0, 0x03, 0xe8, 0, 0x01, 0x33, 9, STREAM_1, pattern(307).subarray(0, 128)],
      ...[0xc4, pattern(307).subarray(128, 256)],
      ...[0xc4, pattern(307).subarray(256)],
    ),
  },
  {
    name: "the highest timestamp without extension",
    message: video(0xfffffe, bytes(1)),
    wire: bytes(0x06, 0xff, 0xff, 0xfe, 0, 0, 1, 9, STREAM_1, 1),
  },
  {
    name: "an extended timestamp, on fmt 3 too, and a 2-byte id",
    message: video(0xffffff, pattern(129), 64),
    wire: bytes(
      ...[0x00, 0x00, 0xff, 0xff, 0xff, 0, 0, 129, 9, STREAM_1, 0, 0xff, 0xff, 0xff],
      ...[pattern(129).subarray(0, 128), 0xc0, 0x00, 0, 0xff, 0xff, 0xff, pattern(129).subarray(128)],
    ),
  },
  {
    name: "the highest numbers and a 3-byte id",
    message: { ...video(0xffffffff, bytes(1), 65_599), typeId: 22, streamId: 0xfffffffe },
    wire: bytes(
      ...[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 22, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ),
  },
];

for (const { name, message, wire } of GOLDEN) {
  const { payload, timestamp, chunkStreamId } = message;

  Deno.test(`writeMessage() writes ${name}, at the given offset`, () => {
    assertEquals(encodedLength(payload.length, timestamp, chunkStreamId, 128), wire.length);
    const target = new Uint8Array(wire.length + 5).fill(0xee);
    assertEquals(writeMessage(target, 3, message, 128), 3 + wire.length);
    assertEquals(target, bytes(0xee, 0xee, 0xee, wire, 0xee, 0xee));
  });

  Deno.test(`writeMessage() writes ${name} into shared memory`, () => {
    const target = new Uint8Array(new SharedArrayBuffer(wire.length));
    writeMessage(target, 0, message, 128);
    assertEquals(bytes(target), wire);
  });

  Deno.test(`ChunkDecoder reads back ${name}`, () => {
    assertEquals(new ChunkDecoder().decode(wire), [message]);
  });
}

Deno.test("encodedLength() is what writeMessage() needs around every boundary", () => {
  for (const chunkSize of [1, 128, 60_000]) {
    for (const timestamp of [0, 0xfffffe, 0xffffff]) {
      for (const chunkStreamId of [2, 63, 64, 319, 320]) {
        for (const size of [0, 1, 127, 128, 129, 255, 256, 257]) {
          const message = video(timestamp, pattern(size), chunkStreamId);
          const length = encodedLength(size, timestamp, chunkStreamId, chunkSize);
          assertEquals(writeMessage(new Uint8Array(length), 0, message, chunkSize), length);
        }
      }
    }
  }
});

Deno.test("ChunkEncoder gives what was written, in order, once", () => {
  const encoder = new ChunkEncoder();
  assertEquals(encoder.takeOutput(), undefined);
  const messages = [video(1, pattern(500)), video(2, bytes()), video(3, pattern(10), 4)];
  for (const message of messages) encoder.write(message);
  const { queuedBytes } = encoder;
  const output = encoder.takeOutput();
  assertEquals(output?.length, queuedBytes);
  assertEquals(new ChunkDecoder().decode(output ?? bytes()), messages);
  assertEquals(encoder.takeOutput(), undefined);
  assertEquals(encoder.queuedBytes, 0);
});

Deno.test("ChunkEncoder changes its chunk size behind the message that says so", () => {
  const encoder = new ChunkEncoder();
  const before = video(1, pattern(500));
  const after = video(2, pattern(500, 2));
  encoder.write(before);
  encoder.write(encodeControl({ kind: "setChunkSize", chunkSize: 60_000 }));
  assertEquals(encoder.chunkSize, 60_000);
  encoder.write(after);
  const output = encoder.takeOutput() ?? bytes();

  const size = encodedLength(500, 1, 6, 128) + encodedLength(4, 0, 2, 128) + encodedLength(500, 2, 6, 60_000);
  assertEquals(output.length, size);
  assertEquals(new ChunkDecoder().decode(output), [before, after]);
});

Deno.test("ChunkEncoder refuses chunk stream ids that cannot be written", () => {
  for (const id of [-1, 0, 1, 65_600]) {
    assertThrows(() => new ChunkEncoder().write(video(0, bytes(), id)), RangeError, `chunk stream ${id}`);
  }
});

Deno.test("ChunkEncoder.writeShared() gives the same bytes as writing each message, encoded once for each chunk size", () => {
  const [first, second, other] = [
    video(1, pattern(500)),
    video(2, pattern(500, 2)),
    video(3, pattern(500, 3)),
  ];
  const shared = new SharedMessages([
    first,
    encodeControl({ kind: "setChunkSize", chunkSize: 4096 }),
    second,
  ]);
  for (const [before, after] of [[[], []], [[other], []], [[], [other]], [[other], [other]]]) {
    const encoder = new ChunkEncoder();
    const plain = new ChunkEncoder();
    for (const message of before ?? []) encoder.write(message);
    encoder.writeShared(shared);
    for (const message of after ?? []) encoder.write(message);
    for (const message of [...before ?? [], ...shared.messages, ...after ?? []]) plain.write(message);
    assertEquals([encoder.chunkSize, encoder.queuedBytes], [4096, plain.queuedBytes]);
    assertEquals(encoder.takeOutput(), plain.takeOutput());
    assertEquals([encoder.takeOutput(), encoder.queuedBytes], [undefined, 0]);
    // In force from here on, whatever came before.
    encoder.writeShared(shared);
    for (const message of shared.messages) plain.write(message);
    assertEquals(encoder.takeOutput(), plain.takeOutput());
  }

  const outputs = [new ChunkEncoder(), new ChunkEncoder()].map((encoder) => {
    encoder.writeShared(shared);
    return encoder.takeOutput();
  });
  assert(outputs[0] !== undefined && outputs[0] === outputs[1]);
});
