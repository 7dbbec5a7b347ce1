/**
 * Payloads as views on what was read: the same messages as in arrays of their own.
 *
 * @module
 */
import fc from "fast-check";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";
import { AUDIO, BIG, SIZE_1, STREAM_1, VIDEO } from "./support.ts";

const CHUNK_BYTES = 128;

/** Decode as a connection does: each piece is read into the same buffer, and acted upon before the next. */
function decodeBorrowed(pieces: Iterable<Uint8Array>): RtmpMessage[] {
  const decoder = new ChunkDecoder(DEFAULT_WIRE_LIMITS, { borrowed: true });
  const buffer = new Uint8Array(64 * 1024);
  const messages: RtmpMessage[] = [];
  for (const piece of pieces) {
    buffer.set(piece);
    for (const message of decoder.decode(buffer.subarray(0, piece.length))) {
      messages.push({ ...message, payload: message.payload.slice() });
    }
    buffer.fill(0xee);
  }
  return messages;
}

/** The chunks of one message. */
function chunksOf(id: number, typeId: number, payload: Uint8Array): Uint8Array[] {
  const size = [payload.length >> 16, payload.length >> 8 & 0xff, payload.length & 0xff];
  const chunks = [bytes(id, 0, 0, 1, size, typeId, STREAM_1, payload.subarray(0, CHUNK_BYTES))];
  for (let at = CHUNK_BYTES; at < payload.length; at += CHUNK_BYTES) {
    chunks.push(bytes(0xc0 | id, payload.subarray(at, at + CHUNK_BYTES)));
  }
  return chunks;
}

Deno.test("ChunkDecoder moves the parts of a borrowed payload together, without memory of its own", () => {
  const wire = bytes(...chunksOf(6, VIDEO, BIG));
  const decoder = new ChunkDecoder(DEFAULT_WIRE_LIMITS, { borrowed: true });
  const [message] = decoder.decode(wire);
  assertEquals(message?.payload, BIG);
  assert(message?.payload.buffer === wire.buffer);
  assertEquals(decoder.mediaInParts, BIG.length);
});

Deno.test("ChunkDecoder leaves a borrowed payload alone when a message follows inside another", () => {
  const [first = bytes(), ...rest] = chunksOf(6, VIDEO, BIG);
  const sound = bytes(0x04, 0, 0, 1, SIZE_1, AUDIO, STREAM_1, 0xaa);
  const messages = decodeBorrowed([bytes(first, sound, ...rest)]);
  assertEquals(messages.map(({ payload }) => payload), [bytes(0xaa), BIG]);
});

Deno.test("ChunkDecoder holds of borrowed bytes what is unfinished at their end", () => {
  const wire = bytes(...chunksOf(6, VIDEO, BIG));
  const decoder = new ChunkDecoder(DEFAULT_WIRE_LIMITS, { borrowed: true });
  assertEquals(decoder.decode(wire.slice(0, 200)), []);
  assertEquals(decoder.partialBytes, BIG.length);
  assertEquals(decoder.decode(wire.slice(200)).map(({ payload }) => payload), [BIG]);
  assertEquals(decoder.partialBytes, 0);
});

Deno.test("ChunkDecoder forgets a borrowed message that is aborted", () => {
  const [first = bytes()] = chunksOf(6, VIDEO, BIG);
  const abort = bytes(0x02, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 0, 0, 0, 0, 6);
  const again = chunksOf(6, VIDEO, BIG);
  assertEquals(decodeBorrowed([bytes(first, abort, ...again)]).map(({ payload }) => payload), [BIG]);
});

const plans = fc.array(
  fc.record({
    id: fc.constantFrom(3, 4, 5),
    size: fc.oneof(fc.constantFrom(0, 1, 127, 128, 129, 256, 257), fc.integer({ min: 0, max: 2000 })),
  }),
  { maxLength: 12 },
);

Deno.test("borrowed payloads are those of arrays of their own, however chunks interleave and reads cut", () => {
  fc.assert(
    fc.property(
      plans,
      fc.array(fc.nat({ max: 2 }), { maxLength: 60 }),
      fc.array(fc.nat({ max: 9000 }), { maxLength: 6 }),
      (plan, order, positions) => {
        const queues = new Map<number, Uint8Array[]>([[3, []], [4, []], [5, []]]);
        for (const [i, { id, size }] of plan.entries()) {
          queues.get(id)?.push(
            ...chunksOf(id, id === 4 ? AUDIO : VIDEO, pattern(size).map((byte) => byte + i)),
          );
        }
        const picked = order.map((number) => queues.get(3 + number)?.shift() ?? bytes());
        const wire = bytes(...picked, ...[...queues.values()].flat());
        const pieces = [...cut(wire, positions)];
        const decoder = new ChunkDecoder();
        assertEquals(decodeBorrowed(pieces), pieces.flatMap((piece) => decoder.decode(piece)));
      },
    ),
    { numRuns: 500 },
  );
});
