import { splitAggregate } from "../../../rtmp/wire/aggregate.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";

// §7.1.6:     type  size     timestamp + extension    stream   payload   back pointer
const AUDIO = [0x08, 0, 0, 2, 0, 0, 100, 0, /*        */ 0, 0, 0, 1, 2, /* */ 0, 0, 0, 13];
const VIDEO = [0x09, 0, 0, 1, 0, 0, 123, 0, /*        */ 0, 0, 0, 3, /*    */ 0, 0, 0, 12];
const DATA = [0x12, 0, 0, 1, 0x34, 0x56, 0x78, 0x12, 0, 0, 0, 5, /*        */ 0, 0, 0, 12];

function aggregate(timestamp: number, ...parts: readonly Iterable<number>[]): RtmpMessage {
  const payload = bytes(...parts);
  return { typeId: MessageType.Aggregate, timestamp, streamId: 1, chunkStreamId: 6, payload };
}

function part(typeId: number, timestamp: number, ...payload: readonly number[]): RtmpMessage {
  return { typeId, timestamp, streamId: 1, chunkStreamId: 6, payload: bytes(payload) };
}

Deno.test("splitAggregate() shifts timestamps so that the first is the aggregate's", () => {
  assertEquals(splitAggregate(aggregate(5000, AUDIO, VIDEO)), [part(8, 5000, 1, 2), part(9, 5023, 3)]);
  assertEquals(splitAggregate(aggregate(0, VIDEO, AUDIO)), [part(9, 0, 3), part(8, 0xffffffe9, 1, 2)]);
});

Deno.test("splitAggregate() reads the timestamp's extension as its highest bits", () => {
  assertEquals(splitAggregate(aggregate(100, AUDIO, DATA)), [part(8, 100, 1, 2), part(18, 0x12345678, 5)]);
});

Deno.test("splitAggregate() does without the last back pointer", () => {
  assertEquals(splitAggregate(aggregate(100, AUDIO, VIDEO.slice(0, -4))).length, 2);
  assertEquals(splitAggregate(aggregate(100, AUDIO, VIDEO.slice(0, -2))).length, 2);
});

Deno.test("splitAggregate() gives nothing for an empty body", () => {
  assertEquals(splitAggregate(aggregate(100)), []);
});

Deno.test("splitAggregate() gives payloads that are their own", () => {
  const message = aggregate(100, AUDIO);
  const [first] = splitAggregate(message);
  message.payload.fill(0xee);
  assertEquals(first?.payload, bytes(1, 2));
  assertEquals(first?.payload.buffer.byteLength, 2);
});

Deno.test("splitAggregate() refuses what does not add up", () => {
  const refused = [
    { parts: [AUDIO, VIDEO.slice(0, 10)], says: "a header is cut off" },
    { parts: [AUDIO.slice(0, 12)], says: "2 bytes do not fit" },
    { parts: [[0x08, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1]], says: "16777215 bytes do not fit" },
    { parts: [[0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11]], says: "a message is empty" },
    { parts: [[22, ...AUDIO.slice(1)]], says: "message type 22 has no place in it" },
    { parts: [[20, ...AUDIO.slice(1)]], says: "message type 20 has no place in it" },
  ];
  for (const { parts, says } of refused) {
    const error = assertThrows(() => splitAggregate(aggregate(0, ...parts)), ProtocolError, says);
    assertEquals(error.code, ProtocolErrorCode.Aggregate);
  }
});

Deno.test("splitAggregate() keeps to maxAggregateMessages", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAggregateMessages: 2 };
  assertEquals(splitAggregate(aggregate(0, AUDIO, AUDIO), limits).length, 2);
  const error = assertThrows(
    () => splitAggregate(aggregate(0, AUDIO, AUDIO, AUDIO), limits),
    ProtocolError,
    "more than 2 messages",
  );
  assertEquals(error.code, ProtocolErrorCode.Limit);
});

Deno.test("splitAggregate() refuses other messages as a caller's mistake", () => {
  assertThrows(() => splitAggregate(part(9, 0, 1)), RangeError, "message type 9");
});
