import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";

const VIDEO = 9;
const AUDIO = 8;
const STREAM_1 = [1, 0, 0, 0]; // little-endian
const SIZE_1 = [0, 0, 1];
const BIG = pattern(300);
const BIG_SIZE = [0, 0x01, 0x2c];
const EXTENDED = [0xff, 0xff, 0xff];

function video(timestamp: number, payload: Iterable<number>, chunkStreamId = 6): RtmpMessage {
  return { typeId: VIDEO, timestamp, streamId: 1, chunkStreamId, payload: bytes(payload) };
}

/** RTMP 1.0 §5.3.1 and §5.3.2, and what the field adds. */
const GOLDEN: readonly { name: string; wire: Uint8Array<ArrayBuffer>; messages: readonly RtmpMessage[] }[] = [
  {
    name: "fmt 0",
    //          fmt id  timestamp  length   type    stream
    wire: bytes(0x06, 0, 0x03, 0xe8, SIZE_1, VIDEO, STREAM_1, 0xaa),
    messages: [video(1000, [0xaa])],
  },
  {
    name: "fmt 1, which keeps the stream and adds a delta",
    wire: bytes(0x06, 0, 0x03, 0xe8, SIZE_1, VIDEO, STREAM_1, 0xaa, 0x46, 0, 0, 40, 0, 0, 2, AUDIO, 1, 2),
    messages: [video(1000, [0xaa]), { ...video(1040, [1, 2]), typeId: AUDIO }],
  },
  {
    name: "fmt 2, which keeps length and type too",
    wire: bytes(0x06, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa, 0x86, 0, 0, 40, 0xbb),
    messages: [video(1, [0xaa]), video(41, [0xbb])],
  },
  {
    name: "fmt 3 as a new message, which repeats the delta",
    wire: bytes(0x06, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa, 0x86, 0, 0, 40, 0xbb, 0xc6, 0xcc, 0xc6, 0xdd),
    messages: [video(1, [0xaa]), video(41, [0xbb]), video(81, [0xcc]), video(121, [0xdd])],
  },
  {
    name: "fmt 3 after fmt 0, whose timestamp is the delta (§5.3.1.2.4)",
    wire: bytes(0x06, 0, 0, 100, SIZE_1, VIDEO, STREAM_1, 0xaa, 0xc6, 0xbb),
    messages: [video(100, [0xaa]), video(200, [0xbb])],
  },
  {
    name: "specification's example 2: 307 bytes in three chunks",
    wire: bytes(
      ...[0x04, 0, 0x03, 0xe8, 0, 0x01, 0x33, VIDEO, 1, 0, 0, 0, pattern(307).subarray(0, 128)],
      ...[0xc4, pattern(307).subarray(128, 256)],
      ...[0xc4, pattern(307).subarray(256)],
    ),
    messages: [video(1000, pattern(307), 4)],
  },
  {
    name: "message of exactly one chunk, and one byte more",
    wire: bytes(
      ...[0x06, 0, 0, 0, 0, 0, 128, VIDEO, STREAM_1, pattern(128)],
      ...[0x46, 0, 0, 1, 0, 0, 129, VIDEO, pattern(129).subarray(0, 128), 0xc6, pattern(129).subarray(128)],
    ),
    messages: [video(0, pattern(128)), video(1, pattern(129))],
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
    messages: [{ ...video(2, pattern(200, 2), 4), typeId: AUDIO }, video(1, BIG)],
  },
  {
    name: "empty messages",
    wire: bytes(0x06, 0, 0, 1, 0, 0, 0, VIDEO, STREAM_1, 0xc6, 0x86, 0, 0, 5),
    messages: [video(1, []), video(2, []), video(7, [])],
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
      video(1, [1], 63),
      video(2, [2], 64),
      video(3, [3], 319),
      video(4, [4], 320),
      video(5, [5], 65_599),
      video(8, [6], 320),
    ],
  },
  {
    name: "message stream id in little-endian",
    wire: bytes(0x06, 0, 0, 0, SIZE_1, VIDEO, 1, 2, 3, 0xf4, 0xaa),
    messages: [{ ...video(0, [0xaa]), streamId: 0xf4030201 }],
  },
  {
    name: "highest timestamp without extension",
    wire: bytes(0x06, 0xff, 0xff, 0xfe, SIZE_1, VIDEO, STREAM_1, 0xaa),
    messages: [video(0xfffffe, [0xaa])],
  },
  {
    name: "lowest timestamp with extension, repeated on fmt 3",
    wire: bytes(
      ...[0x06, EXTENDED, BIG_SIZE, VIDEO, STREAM_1, 0, 0xff, 0xff, 0xff, BIG.subarray(0, 128)],
      ...[0xc6, 0, 0xff, 0xff, 0xff, BIG.subarray(128, 256)],
      ...[0xc6, 0, 0xff, 0xff, 0xff, BIG.subarray(256)],
    ),
    messages: [video(0xffffff, BIG)],
  },
  {
    name: "extended timestamp that old encoders leave out of fmt 3",
    wire: bytes(
      ...[0x06, EXTENDED, BIG_SIZE, VIDEO, STREAM_1, 1, 2, 3, 4, BIG.subarray(0, 128)],
      ...[0xc6, BIG.subarray(128, 256)],
      ...[0xc6, BIG.subarray(256)],
    ),
    messages: [video(0x01020304, BIG)],
  },
  {
    name: "payload that begins like the extended timestamp and is none",
    wire: bytes(
      ...[0x06, EXTENDED, 0, 0, 131, VIDEO, STREAM_1, 1, 2, 3, 4, pattern(128)],
      ...[0xc6, 1, 2, 9],
      ...[0xc6, 1, 2, 3, 4, pattern(128), 0xc6, 1, 2, 3, 4, 1, 2, 9],
    ),
    messages: [
      video(0x01020304, bytes(pattern(128), 1, 2, 9)),
      video(0x02040608, bytes(pattern(128), 1, 2, 9)),
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
    messages: [video(10, [1]), video(0x0100000a, [2]), video(0x0300000a, [3]), video(0x0500000a, [4])],
  },
  {
    name: "end of the extended timestamp with the next header",
    wire: bytes(
      ...[0x06, EXTENDED, SIZE_1, VIDEO, STREAM_1, 1, 0, 0, 0, 1],
      ...[0x86, 0, 0, 1, 2],
      ...[0xc6, 3],
    ),
    messages: [video(0x01000000, [1]), video(0x01000001, [2]), video(0x01000002, [3])],
  },
  {
    name: "timestamps that wrap at 32 bits",
    wire: bytes(
      ...[0x06, EXTENDED, SIZE_1, VIDEO, STREAM_1, 0xff, 0xff, 0xff, 0xf0, 1],
      ...[0x86, 0, 0, 0x20, 2],
    ),
    messages: [video(0xfffffff0, [1]), video(0x10, [2])],
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
    messages: [video(9, BIG)],
  },
  {
    name: "Set Chunk Size, also for the rest of a message in progress",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0x10, 0],
      ...[0xc6, BIG.subarray(128)],
    ),
    messages: [video(9, BIG)],
  },
  {
    name: "Abort, after which the chunk stream goes on with any fmt",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6],
      ...[0x46, 0, 0, 1, SIZE_1, VIDEO, 0xaa],
      ...[0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 99],
    ),
    messages: [video(10, [0xaa])],
  },
];

function decodePieces(pieces: Iterable<Uint8Array>): RtmpMessage[] {
  const decoder = new ChunkDecoder();
  const messages: RtmpMessage[] = [];
  for (const piece of pieces) decoder.decode(piece, messages);
  assertEquals(decoder.partialBytes, 0);
  return messages;
}

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
    const last = { ...video(1, [0x55], 9), typeId: AUDIO };
    const decoder = new ChunkDecoder();
    assertEquals(decoder.decode(bytes(wire, 0x09, 0, 0, 1)), messages);
    assertEquals(decoder.decode(next.subarray(4)), [last]);
  });
}

const REFUSED = [
  {
    name: "fmt 2 at the start of a chunk stream",
    wire: bytes(0x86, 0, 0, 0),
    code: ProtocolErrorCode.ChunkStart,
    says: "Cannot start chunk stream 6 with fmt 2",
  },
  {
    name: "fmt 3 at the start of a chunk stream",
    wire: bytes(0xc6),
    code: ProtocolErrorCode.ChunkStart,
    says: "Cannot start chunk stream 6 with fmt 3",
  },
  {
    name: "fmt 0 inside a message",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1],
    ),
    code: ProtocolErrorCode.ChunkHeader,
    says: "after 128 of 300 bytes",
  },
  {
    name: "another length inside a message",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x46, 0, 0, 9, SIZE_1, VIDEO],
    ),
    code: ProtocolErrorCode.ChunkHeader,
    says: "a fmt 1 header of length 1",
  },
  {
    name: "another type inside a message",
    wire: bytes(
      ...[0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)],
      ...[0x46, 0, 0, 9, BIG_SIZE, AUDIO],
    ),
    code: ProtocolErrorCode.ChunkHeader,
    says: "and type 8",
  },
  {
    name: "a media message above its limit",
    wire: bytes(0x06, 0, 0, 0, 0xa0, 0x00, 0x01, VIDEO, STREAM_1),
    code: ProtocolErrorCode.Limit,
    says: "the limit is 10485760 bytes",
  },
  {
    name: "a command above its limit",
    wire: bytes(0x06, 0, 0, 0, 0x01, 0x00, 0x01, 20, STREAM_1),
    code: ProtocolErrorCode.Limit,
    says: "the limit is 65536 bytes",
  },
  {
    name: "a chunk size of 0",
    wire: bytes(0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    code: ProtocolErrorCode.ChunkSize,
    says: "Cannot set the chunk size to 0",
  },
  {
    name: "a chunk size without a body",
    wire: bytes(0x02, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0),
    code: ProtocolErrorCode.Control,
    says: "needs 4",
  },
];

for (const { name, wire, code, says } of REFUSED) {
  Deno.test(`ChunkDecoder refuses ${name}, whole and byte by byte`, () => {
    for (const pieces of [[wire], cut(wire, wire.keys())]) {
      const error = assertThrows(() => decodePieces(pieces), ProtocolError, says);
      assertEquals(error.code, code);
    }
  });
}

Deno.test("ChunkDecoder keeps to maxChunkStreams", () => {
  const decoder = new ChunkDecoder({ ...DEFAULT_WIRE_LIMITS, maxChunkStreams: 3 });
  const open = (id: number) => bytes(id, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa);
  for (const id of [3, 4, 5, 3, 5]) assertEquals(decoder.decode(open(id)).length, 1);
  const error = assertThrows(() => decoder.decode(open(6)), ProtocolError, "the peer already uses 3");
  assertEquals(error.code, ProtocolErrorCode.Limit);
});

Deno.test("ChunkDecoder keeps to maxPartialBytes over all chunk streams", () => {
  const decoder = new ChunkDecoder({ ...DEFAULT_WIRE_LIMITS, maxPartialBytes: 100_000 });
  const begin = (id: number) => bytes(id, 0, 0, 1, 0, 0xea, 0x60, VIDEO, STREAM_1, pattern(128)); // 60,000 bytes
  decoder.decode(begin(3));
  decoder.decode(begin(4));
  const error = assertThrows(() => decoder.decode(begin(5)), ProtocolError, "unfinished messages");
  assertEquals(error.code, ProtocolErrorCode.Limit);
});

Deno.test("ChunkDecoder's memory grows by what arrives, not by what is announced", () => {
  const decoder = new ChunkDecoder();
  for (let id = 3; id < 64; id++) {
    decoder.decode(bytes(id, 0, 0, 1, 0x9f, 0xff, 0xff, VIDEO, STREAM_1, pattern(128)));
  }
  assert(decoder.partialBytes < 320 * 1024, `${decoder.partialBytes} bytes for 61 announcements`);
});

Deno.test("ChunkDecoder gives memory back with Abort and with the end of a message", () => {
  const decoder = new ChunkDecoder();
  decoder.decode(bytes(0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1, BIG.subarray(0, 128)));
  assertEquals(decoder.partialBytes, 300);
  decoder.decode(bytes(0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6));
  assertEquals(decoder.partialBytes, 0);
});

Deno.test("ChunkDecoder's payloads are their own, of their exact size", () => {
  for (const size of [1, 128, 300, 70_000, 1_000_000]) {
    const payload = pattern(size);
    const wire: Uint8Array<ArrayBuffer>[] = [];
    wire.push(bytes(0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0x10, 0)); // chunks of 4,096
    for (let at = 0; at < size; at += 4096) {
      const header = at === 0 ? [6, 0, 0, 0, size >> 16, size >> 8, size, VIDEO, STREAM_1] : [0xc6];
      wire.push(bytes(...header, payload.subarray(at, at + 4096)));
    }
    const decoder = new ChunkDecoder();
    const messages: RtmpMessage[] = [];
    for (const piece of wire) {
      decoder.decode(piece, messages);
      piece.fill(0xee); // as the socket's buffer is used again
    }
    assertEquals(messages, [video(0, payload)]);
    assertEquals(messages[0]?.payload.buffer.byteLength, size);
  }
});

Deno.test("ChunkDecoder reads views at an offset and shared memory", () => {
  const wire = bytes(0x06, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa);
  const shared = new Uint8Array(new SharedArrayBuffer(20)).subarray(5, 5 + wire.length);
  shared.set(wire);
  assertEquals(new ChunkDecoder().decode(shared), [video(1, [0xaa])]);
});

Deno.test("ChunkDecoder counts the bytes of media messages that are under way, and of no others", () => {
  const decoder = new ChunkDecoder();
  const seen = (wire: Uint8Array<ArrayBuffer>): number => {
    decoder.decode(wire);
    return decoder.mediaInParts;
  };
  assertEquals(seen(bytes(0x03, 0, 0, 9, BIG_SIZE, 20, STREAM_1, BIG.subarray(0, 128))), 0, "a command");
  assertEquals(seen(bytes(0x06, 0, 0, 9, BIG_SIZE, VIDEO, STREAM_1)), 0, "a header alone");
  assertEquals(seen(bytes(BIG.subarray(0, 5))), 5);
  assertEquals(seen(bytes(BIG.subarray(5, 128))), 128);
  assertEquals(seen(bytes(0x04, 0, 0, 9, BIG_SIZE, AUDIO, STREAM_1, BIG.subarray(0, 1))), 129);
});
