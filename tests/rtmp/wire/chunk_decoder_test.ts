import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";
import { AUDIO, BIG, BIG_SIZE, decodePieces, SIZE_1, STREAM_1, VIDEO, videoMessage } from "./support.ts";

const EXTENDED = [0xff, 0xff, 0xff];

/** RTMP 1.0 §5.3.1 and §5.3.2, and what the field adds. */
const GOLDEN: readonly { name: string; wire: Uint8Array<ArrayBuffer>; messages: readonly RtmpMessage[] }[] = [
  {
    name: "fmt 0",
    //          fmt id  timestamp  length   type    stream
    wire: bytes(0x06, 0, 0x03, 0xe8, SIZE_1, VIDEO, STREAM_1, 0xaa),
    messages: [videoMessage(1000, [0xaa])],
  },
  {
    name: "fmt 1, which keeps the stream and adds a delta",
    wire: bytes(0x06, 0, 0x03, 0xe8, SIZE_1, VIDEO, STREAM_1, 0xaa, 0x46, 0, 0, 40, 0, 0, 2, AUDIO, 1, 2),
    messages: [videoMessage(1000, [0xaa]), { ...videoMessage(1040, [1, 2]), typeId: AUDIO }],
  },
  {
    name: "fmt 2, which keeps length and type too",
    wire: bytes(0x06, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa, 0x86, 0, 0, 40, 0xbb),
    messages: [videoMessage(1, [0xaa]), videoMessage(41, [0xbb])],
  },
  {
    name: "fmt 3 as a new message, which repeats the delta",
    wire: bytes(0x06, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa, 0x86, 0, 0, 40, 0xbb, 0xc6, 0xcc, 0xc6, 0xdd),
    messages: [
      videoMessage(1, [0xaa]),
      videoMessage(41, [0xbb]),
      videoMessage(81, [0xcc]),
      videoMessage(121, [0xdd]),
    ],
  },
  {
    name: "fmt 3 after fmt 0, whose timestamp is the delta (§5.3.1.2.4)",
    wire: bytes(0x06, 0, 0, 100, SIZE_1, VIDEO, STREAM_1, 0xaa, 0xc6, 0xbb),
    messages: [videoMessage(100, [0xaa]), videoMessage(200, [0xbb])],
  },
  {
    name: "specification's example 2: 307 bytes in three chunks",
    wire: bytes(
      ...[0x04, 0, 0x03, 0xe8, 0, 0x01, 0x33, VIDEO, 1, 0, 0, 0, pattern(307).subarray(0, 128)],
      ...[0xc4, pattern(307).subarray(128, 256)],
      ...[0xc4, pattern(307).subarray(256)],
    ),
    messages: [videoMessage(1000, pattern(307), 4)],
  },
  {
    name: "message of exactly one chunk, and one byte more",
    wire: bytes(
      ...[0x06, 0, 0, 0, 0, 0, 128, VIDEO, STREAM_1, pattern(128)],
      ...[0x46, 0, 0, 1, 0, 0, 129, VIDEO, pattern(129).subarray(0, 128), 0xc6, pattern(129).subarray(128)],
    ),
    messages: [videoMessage(0, pattern(128)), videoMessage(1, pattern(129))],
  },
  {
    name: "two chunk streams interleaved",
    wire: bytes(
      ...[0x06, 0, 0, 1, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x04, 0, 0, 2, 0, 0, 200, AUDIO, STREAM_1, pattern(200, 2).subarray(0, 128)],
      ...[0xc6, BIG.subarray(128, 256)],
      ...[0xc4, pattern(200, 2).subarray(128)],
      ...[0xc6, BIG.subarray(256)],
    ),
    messages: [{ ...videoMessage(2, pattern(200, 2), 4), typeId: AUDIO }, videoMessage(1, BIG)],
  },
  {
    name: "empty messages",
    wire: bytes(0x06, 0, 0, 1, 0, 0, 0, VIDEO, STREAM_1, 0xc6, 0x86, 0, 0, 5),
    messages: [videoMessage(1, []), videoMessage(2, []), videoMessage(7, [])],
  },
  {
    name: "chunk stream ids of every form",
    wire: bytes(
      ...[0x3f, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 1],
      ...[0x00, 0x00, 0, 0, 2, SIZE_1, VIDEO, STREAM_1, 2],
      ...[0x00, 0xff, 0, 0, 3, SIZE_1, VIDEO, STREAM_1, 3],
      ...[0x01, 0x00, 0x01, 0, 0, 4, SIZE_1, VIDEO, STREAM_1, 4],
      ...[0x01, 0xff, 0xff, 0, 0, 5, SIZE_1, VIDEO, STREAM_1, 5],
      ...[0xc1, 0x00, 0x01, 6],
    ),
    messages: [
      videoMessage(1, [1], 63),
      videoMessage(2, [2], 64),
      videoMessage(3, [3], 319),
      videoMessage(4, [4], 320),
      videoMessage(5, [5], 65_599),
      videoMessage(8, [6], 320),
    ],
  },
  {
    name: "message stream id in little-endian",
    wire: bytes(0x06, 0, 0, 0, SIZE_1, VIDEO, 1, 2, 3, 0xf4, 0xaa),
    messages: [{ ...videoMessage(0, [0xaa]), streamId: 0xf4030201 }],
  },
  {
    name: "highest timestamp without extension",
    wire: bytes(0x06, 0xff, 0xff, 0xfe, SIZE_1, VIDEO, STREAM_1, 0xaa),
    messages: [videoMessage(0xfffffe, [0xaa])],
  },
  {
    name: "lowest timestamp with extension, repeated on fmt 3",
    wire: bytes(
      ...[0x06, EXTENDED, BIG_SIZE, VIDEO, STREAM_1, 0, 0xff, 0xff, 0xff, BIG.subarray(0, 128)],
      ...[0xc6, 0, 0xff, 0xff, 0xff, BIG.subarray(128, 256)],
      ...[0xc6, 0, 0xff, 0xff, 0xff, BIG.subarray(256)],
    ),
    messages: [videoMessage(0xffffff, BIG)],
  },
  {
    name: "extended timestamp that old encoders leave out of fmt 3",
    wire: bytes(
      ...[0x06, EXTENDED, BIG_SIZE, VIDEO, STREAM_1, 1, 2, 3, 4, BIG.subarray(0, 128)],
      ...[0xc6, BIG.subarray(128, 256)],
      ...[0xc6, BIG.subarray(256)],
    ),
    messages: [videoMessage(0x01020304, BIG)],
  },
  {
    name: "payload that begins like the extended timestamp and is none",
    wire: bytes(
      ...[0x06, EXTENDED, 0, 0, 131, VIDEO, STREAM_1, 1, 2, 3, 4, pattern(128)],
      ...[0xc6, 1, 2, 9],
      ...[0xc6, 1, 2, 3, 4, pattern(128), 0xc6, 1, 2, 3, 4, 1, 2, 9],
    ),
    messages: [
      videoMessage(0x01020304, bytes(pattern(128), 1, 2, 9)),
      videoMessage(0x02040608, bytes(pattern(128), 1, 2, 9)),
    ],
  },
  {
    name: "extended value of fmt 1 and 2 as a delta",
    wire: bytes(
      ...[0x06, 0, 0, 10, SIZE_1, VIDEO, STREAM_1, 1],
      ...[0x46, EXTENDED, SIZE_1, VIDEO, 0x01, 0, 0, 0, 2],
      ...[0x86, EXTENDED, 0x02, 0, 0, 0, 3],
      ...[0xc6, 0x02, 0, 0, 0, 4],
    ),
    messages: [
      videoMessage(10, [1]),
      videoMessage(0x0100000a, [2]),
      videoMessage(0x0300000a, [3]),
      videoMessage(0x0500000a, [4]),
    ],
  },
  {
    name: "end of the extended timestamp with the next header",
    wire: bytes(
      ...[0x06, EXTENDED, SIZE_1, VIDEO, STREAM_1, 1, 0, 0, 0, 1],
      ...[0x86, 0, 0, 1, 2],
      ...[0xc6, 3],
    ),
    messages: [videoMessage(0x01000000, [1]), videoMessage(0x01000001, [2]), videoMessage(0x01000002, [3])],
  },
  {
    name: "timestamps that wrap at 32 bits",
    wire: bytes(
      ...[0x06, EXTENDED, SIZE_1, VIDEO, STREAM_1, 0xff, 0xff, 0xff, 0xf0, 1],
      ...[0x86, 0, 0, 0x20, 2],
    ),
    messages: [videoMessage(0xfffffff0, [1]), videoMessage(0x10, [2])],
  },
  {
    name: "chunk stream that begins with fmt 1, as librtmp's ping does",
    wire: bytes(0x42, 0, 0, 0, 0, 0, 6, 4, 0, 6, 0, 0, 0, 1),
    messages: [{ typeId: 4, timestamp: 0, streamId: 0, chunkStreamId: 2, payload: bytes(0, 6, 0, 0, 0, 1) }],
  },
  {
    name: "fmt 1 and 2 inside a message that they do not change",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x46, 0, 0, 5, BIG_SIZE, VIDEO, BIG.subarray(128, 256)],
      ...[0x86, 0, 0, 5, BIG.subarray(256)],
    ),
    messages: [videoMessage(9, BIG)],
  },
  {
    name: "Set Chunk Size, also for the rest of a message in progress",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0x10, 0],
      ...[0xc6, BIG.subarray(128)],
    ),
    messages: [videoMessage(9, BIG)],
  },
  {
    name: "Abort, after which the chunk stream goes on with any fmt",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6],
      ...[0x46, 0, 0, 1, SIZE_1, VIDEO, 0xaa],
      ...[0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 99],
    ),
    messages: [videoMessage(10, [0xaa])],
  },
];

for (const { name, wire, messages } of GOLDEN) {
  Deno.test(`ChunkDecoder reads ${name}`, () => {
    assertEquals(decodePieces([wire]), messages);
  });

  Deno.test(`ChunkDecoder reads ${name}, byte by byte`, () => {
    assertEquals(decodePieces(cut(wire, wire.keys())), messages);
  });

  Deno.test(`ChunkDecoder reads ${name}, cut anywhere`, () => {
    for (let at = 1; at < wire.length; at++) assertEquals(decodePieces(cut(wire, [at])), messages);
  });

  Deno.test(`ChunkDecoder reads ${name} with the next message behind`, () => {
    const next = bytes(0x09, 0, 0, 1, SIZE_1, AUDIO, STREAM_1, 0x55);
    const last = { ...videoMessage(1, [0x55], 9), typeId: AUDIO };
    const decoder = new ChunkDecoder();
    assertEquals(decoder.decode(bytes(wire, 0x09, 0, 0, 1)), messages);
    assertEquals(decoder.decode(next.subarray(4)), [last]);
  });
}
