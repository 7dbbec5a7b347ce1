import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";
import { AUDIO, BIG, BIG_SIZE, decodePieces, SIZE_1, STREAM_1, VIDEO, videoMessage } from "./support.ts";

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
    assertEquals(messages, [videoMessage(0, payload)]);
    assertEquals(messages[0]?.payload.buffer.byteLength, size);
  }
});

Deno.test("ChunkDecoder reads views at an offset and shared memory", () => {
  const wire = bytes(0x06, 0, 0, 1, SIZE_1, VIDEO, STREAM_1, 0xaa);
  const shared = new Uint8Array(new SharedArrayBuffer(20)).subarray(5, 5 + wire.length);
  shared.set(wire);
  assertEquals(new ChunkDecoder().decode(shared), [videoMessage(1, [0xaa])]);
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
